import { Validator } from '@seriousme/openapi-schema-validator';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import { expect } from 'chai';
import { Schema } from 'effect';
import { EMPTY } from 'rxjs';
import { events, feed, receive, type Shape, sse } from 'rxsse';
import { contract } from 'rxsse/contract';
import * as v from 'valibot';
import { z } from 'zod';
import { judgeOf, schemaOf } from './schemaOf.ts';

const order = {
  type: 'object',
  properties: { order: { type: 'string' }, total: { type: 'number' } },
  required: ['order'],
};

/** The same shape in each library. */
const shapes: Readonly<Record<string, Shape>> = {
  zod: z.object({ order: z.string(), total: z.number().optional() }),
  valibot: toStandardJsonSchema(v.object({ order: v.string(), total: v.optional(v.number()) })),
  arktype: type({ '+': 'delete', order: 'string', 'total?': 'number' }),
  Effect: Schema.toStandardSchemaV1(
    Schema.toStandardJSONSchemaV1(Schema.Struct({ order: Schema.String, total: Schema.optionalKey(Schema.Finite) })),
  ),
  'a record of schemas': { order: z.string(), total: z.number().optional() },
};

interface Node {
  value: number;
  children: Node[];
}

const isoDate = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});

/** Returns a document of one route at `/x/:room`. */
async function documentOf(options: Parameters<typeof sse>[0] & object, name = 'openapi.json') {
  const route = sse(options as { events?: never }, EMPTY);
  const answer = await contract({ '/x/:room': route })(new Request(`http://here/streams/${name}`));
  return (await answer.json()) as {
    paths: Record<string, { get: { parameters: object[] } }>;
    components: { schemas: object };
  };
}

describe('the JSON Schema of an event with a schema of another library', () => {
  for (const [name, shape] of Object.entries(shapes)) {
    it(`of ${name} is the one that it writes`, async () => {
      const { additionalProperties, ...schema } = await schemaOf(shape);
      expect(schema).to.deep.equal(order);
      expect(additionalProperties ?? true).to.equal(true);
    });
  }

  it('describes what is sent, where the program has another value', async () => {
    const { properties } = (await schemaOf(z.object({ at: isoDate }))) as { properties: { at: object } };
    expect(properties.at).to.include({ type: 'string', format: 'date-time' });
  });

  it('refers from a recursive schema to itself, in the definitions of the document', async () => {
    const Tree: z.ZodType<Node> = z.object({ value: z.number(), children: z.array(z.lazy(() => Tree)) });
    const judge = await judgeOf({ a: Tree, b: z.array(Tree.meta({ id: 'Tree' })), c: v.any() });
    const leaf = { value: 1, children: [] };
    const bad = { value: 1, children: [{ value: 'x', children: [] }] };
    expect(judge({ a: { value: 1, children: [leaf] }, b: [leaf], c: 1 })).to.equal(true);
    expect([judge({ a: bad, b: [], c: 1 }), judge({ a: leaf, b: [bad], c: 1 })]).to.deep.equal([false, false]);
  });

  it('has a description in place of it where the library writes none, and that of the app', async () => {
    const total = v.pipe(v.number(), v.minValue(5));
    const description = 'Checked by the valibot schema of x.data.total, which has no JSON Schema.';
    expect(await schemaOf({ total })).to.deep.equal({
      ...order,
      properties: { total: { description } },
      required: ['total'],
    });
    const own = { type: 'number', minimum: 5 };
    const schema = await schemaOf({ total }, { schemas: { 'x.data.total': own } });
    expect(schema.properties).to.deep.equal({ total: own });

    const transformed = z.object({ at: z.date() });
    expect(await schemaOf(transformed)).to.deep.equal({
      description: 'Checked by the zod schema of x.data, which has no JSON Schema.',
    });
  });
});

describe('the documents of a route with schemas of other libraries', () => {
  const query = z.object({ page: z.coerce.number<string>().default(1), q: z.string() });
  const params = { room: z.enum(['a', 'b']) };
  const body = z.object({ n: z.number() });
  const Orders = events({
    OrderPaid: shapes.zod as z.ZodObject,
    Moved: z.union([z.object({ x: z.number() }), z.null()]),
  });

  it('have the parameters of the schemas', async () => {
    const { paths } = await documentOf({ query, params });
    expect(paths['/x/{room}']?.get.parameters.slice(0, 3)).to.deep.equal([
      { name: 'room', in: 'path', required: true, schema: { type: 'string', enum: ['a', 'b'] } },
      { name: 'page', in: 'query', required: false, schema: { type: 'number', default: 1 } },
      { name: 'q', in: 'query', required: true, schema: { type: 'string' } },
    ]);
  });

  it('are valid, and the page lists the fields', async () => {
    const route = sse({ events: Orders, query, params, body }, EMPTY);
    const handler = contract({ '/x/:room': [route, receive(feed(Orders))] });
    const get = async (name: string) => handler(new Request(`http://here/streams/${name}`));
    const document = (await (await get('openapi.json')).json()) as Record<string, unknown>;
    expect(await new Validator().validate(document)).to.deep.equal({ valid: true });
    expect(await (await get('asyncapi.json')).text()).to.include('order_paid');
    const page = await (await get('')).text();
    for (const part of ['<code>order</code>', '<code>total</code>', '<code>x</code>', '<code>page</code>']) {
      expect(page).to.include(part);
    }
  });

  it('have the dialect of AsyncAPI for a tuple with a rest', async () => {
    const schemas = events({ Listed: z.tuple([z.string()]).rest(z.number()) });
    const { components } = await documentOf({ events: schemas as never }, 'asyncapi.json');
    expect(components.schemas).to.have.property('listed').that.includes({ type: 'array' });
    expect(components.schemas).to.have.nested.property('listed.additionalItems.type', 'number');
    expect(components.schemas).to.have.nested.property('listed.items[0].type', 'string');
  });
});
