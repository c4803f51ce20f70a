import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import { expect } from 'chai';
import { Schema } from 'effect';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { type EventDefinition, event } from 'rxsse';
import * as v from 'valibot';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { recipeModule } from '../../support/recipeModule.ts';

/** The exports of the recipe. */
interface Recipe {
  readonly Counted: EventDefinition<'counted', { readonly n: number }>;
}

const at = new Date('2026-05-01T12:00:00.000Z');
const text = '2026-05-01T12:00:00.000Z';

const isoDate = z.codec(z.iso.datetime(), z.date(), {
  decode: (iso) => new Date(iso),
  encode: (date) => date.toISOString(),
});

/** Returns what a definition sends and what a reader decodes of it. */
function exchange(
  definition: { readonly payload: { encode(data: never): unknown; decode(data: unknown): unknown } },
  data: unknown,
) {
  const sent: unknown = JSON.parse(JSON.stringify(definition.payload.encode(data as never)));
  return { sent, received: (definition.payload.decode(sent) as { readonly right?: unknown }).right };
}

describe('an event with a schema that transforms', () => {
  it('is encoded by a codec of zod, at every depth, and decoded to what it was', () => {
    const Opened = event('opened', z.object({ at: isoDate, log: z.array(z.object({ at: isoDate })) }));
    const data = { at, log: [{ at }], secret: 1 };
    expect(Opened({ at, log: [{ at }] }).data.at).to.equal(at);
    expect(exchange(Opened, data)).to.deep.equal({
      sent: { at: text, log: [{ at: text }] },
      received: { at, log: [{ at }] },
    });
    expect(() => Opened({ at: text as never, log: [] })).to.throw(
      TypeError,
      'opened.data.at: expected date, got string',
    );
  });

  it('is encoded by a schema that has an encoder in its standard properties, as that of the recipe for Effect', async () => {
    const { Counted } = await recipeModule<Recipe>('docs/schemas.md', 'Encoding with Effect');
    expect(exchange(Counted, { n: 5 })).to.deep.equal({ sent: { n: '5' }, received: { n: 5 } });
    expect(() => Counted({ n: 'x' as never })).to.throw(
      TypeError,
      'counted.data: expected a value that can be encoded',
    );
  });

  for (const [what, schema, value] of [
    ['a date that arrives as text in zod', z.union([z.date(), z.string()]), at],
    ['a date that arrives as text in valibot', v.union([v.date(), v.string()]), at],
    ['a date that arrives as text in arktype', type('Date | string'), at],
    ['a map', z.unknown(), new Map([['a', 1]])],
    ['a set', z.union([z.set(z.string()), z.record(z.string(), z.string())]), new Set(['a'])],
    ['NaN', z.nan().nullable(), Number.NaN],
  ] as const) {
    it(`is refused for ${what} where the schema accepts what is left of it`, () => {
      const Sent = event('sent', schema as z.ZodType);
      expect(() => Sent(value)).to.throw(TypeError, /expected a value that (JSON can carry|its reader gets back)/);
    });
  }

  it('is refused where zod transforms in one direction only', () => {
    const Counted = event('counted', z.object({ n: z.string().transform(Number) }));
    expect(() => Counted({ n: 5 })).to.throw(
      TypeError,
      /^counted\.data: the zod schema cannot encode: .*; use z\.codec for a transform$/,
    );
  });

  it('is sent as JSON where that is what its reader accepts: a date as text', () => {
    const Zod = event('opened', z.object({ at: z.coerce.date() }));
    const Valibot = event(
      'opened',
      v.object({
        at: v.pipe(
          v.string(),
          v.isoTimestamp(),
          v.transform((iso) => new Date(iso)),
        ),
      }),
    );
    const Arktype = event('opened', type({ at: 'string.date.iso.parse' }));
    const Effect = event('opened', Schema.toStandardSchemaV1(Schema.Struct({ at: Schema.DateFromString })));
    for (const definition of [Zod, Valibot, Arktype, Effect]) {
      expect(definition({ at }).data.at).to.equal(at);
      expect(exchange(definition, { at })).to.deep.equal({ sent: { at: text }, received: { at } });
    }
  });

  it('is refused where its reader would not get the data back', () => {
    const Parsed = event('counted', v.object({ n: v.pipe(v.string(), v.transform(Number)) }));
    expect(() => Parsed({ n: 5 })).to.throw(TypeError, 'counted.data.n: expected string, got number');

    const Raised = event(
      'counted',
      v.object({
        n: v.pipe(
          v.number(),
          v.transform((n) => n + 1),
        ),
      }),
    );
    expect(() => Raised({ n: 5 })).to.throw(
      TypeError,
      'counted.data: expected a value that its reader gets back: the valibot schema transforms it',
    );
    const Dated = event('opened', z.object({ at: z.date() }));
    expect(() => Dated({ at })).to.throw(TypeError, 'opened.data.at: expected date, as JSON carries it, got string');
    const Listed = event('listed', v.object({ tags: v.set(v.string()) }));
    expect(() => Listed({ tags: new Set(['a']) })).to.throw(
      TypeError,
      'listed.data.tags: expected Set, as JSON carries it, got object',
    );
  });

  it('is normalised where validating it once more changes nothing', () => {
    const Noted = event(
      'noted',
      v.object({ text: v.pipe(v.string(), v.trim()), tags: v.optional(v.array(v.string()), []) }),
    );
    const noted = Noted({ text: ' hello ' } as never);
    expect(exchange(Noted, noted.data)).to.deep.equal({
      sent: { text: 'hello', tags: [] },
      received: { text: 'hello', tags: [] },
    });
  });

  it('is refused where JSON does not carry the data', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const schemas = { zod: z.any(), valibot: v.any(), arktype: type('unknown') };
    for (const schema of Object.values(schemas)) {
      const Anything = event('anything', schema);
      for (const data of [undefined, 5n, circle, () => 1]) {
        expect(() => Anything(data)).to.throw(TypeError, 'anything.data: expected a value that JSON can carry');
      }
      expect(Anything({ a: [1, null, 'x'] }).data).to.deep.equal({ a: [1, null, 'x'] });
    }
    const Numbered = event('numbered', v.number());
    expect(() => Numbered(Number.NaN)).to.throw(
      TypeError,
      'numbered.data: expected number, as JSON carries it, got null',
    );
  });

  it('has optional fields that are absent on the wire', () => {
    for (const schema of [z.object({ a: z.string().optional() }), v.object({ a: v.optional(v.string()) })]) {
      const Noted = event('noted', schema);
      expect(Noted({}).data).to.deep.equal({});
      expect(exchange(Noted, { a: undefined })).to.deep.equal({ sent: {}, received: {} });
    }
  });

  it('is taken from zod/mini, whose schemas have no encoder', () => {
    const Paid = event('paid', mini.object({ total: mini.number() }));
    expect(exchange(Paid, { total: 5, secret: 1 })).to.deep.equal({ sent: { total: 5 }, received: { total: 5 } });
  });

  it('is taken from a wrapper with the standard properties alone, as the JSON Schema of valibot has', () => {
    const Paid = event('paid', toStandardJsonSchema(v.object({ total: v.number() })));
    expect(exchange(Paid, { total: 5, secret: 1 })).to.deep.equal({ sent: { total: 5 }, received: { total: 5 } });
  });

  it('is checked once more when it is sent: data that was changed since does not leave', () => {
    const Paid = event('paid', z.object({ total: z.number() }));
    const paid = Paid({ total: 5 });
    (paid.data as { total: unknown }).total = 'secret12';
    expect(() => Paid.payload.encode(paid.data)).to.throw(TypeError, 'paid.data.total: expected number, got string');
  });
});

describe('an event with a schema that validates asynchronously', () => {
  const schemas = {
    zod: z.object({ n: z.number().refine(async (n) => n > 0) }),
    valibot: v.objectAsync({
      n: v.pipeAsync(
        v.number(),
        v.checkAsync(async (n) => n > 0),
      ),
    }),
  };
  for (const [vendor, schema] of Object.entries(schemas)) {
    it(`of ${vendor} is refused at its first use, and leaves no unhandled rejection`, () => {
      const Counted = event('counted', schema);
      const message = /^counted\.data: the (zod|valibot) schema (validates asynchronously|cannot encode)/;
      expect(() => Counted({ n: 1 })).to.throw(TypeError, message);
      expect(() => Counted.payload.decode({ n: 1 })).to.throw(TypeError, message);
    });
  }
});

describe('an event with a record of schemas', () => {
  it('takes codecs of io-ts and of other libraries, field by field', async () => {
    const t = await import('io-ts');
    const { withDefault } = await import('rxsse');
    const Mixed = event('mixed', {
      a: t.string,
      b: z.number().min(5),
      c: withDefault(v.pipe(v.string(), v.minLength(2)), () => 'cc'),
      validate: type('string'),
      d: isoDate,
    });
    const mixed = Mixed({ a: 'x', b: 7, validate: 'v', d: at });
    expect(mixed.data).to.deep.equal({ a: 'x', b: 7, c: 'cc', validate: 'v', d: at });
    expect(exchange(Mixed, { ...mixed.data, secret: 1 }).sent).to.deep.equal({
      a: 'x',
      b: 7,
      c: 'cc',
      validate: 'v',
      d: text,
    });
    const decoded = Mixed.payload.decode({ a: 'x', b: 1, c: 'c', validate: 'v', d: text });
    expect(isLeft(decoded) && decoded.left.map(({ context }) => context.at(-1)?.key)).to.deep.equal(['b', 'c']);
    expect(() => Mixed({ a: 'x', b: 1, validate: 'v', d: at })).to.throw(
      TypeError,
      'mixed.data.b: expected number to be >=5, got number',
    );
  });

  it('names the path inside a field, and removes unknown fields by the rule of its schema', () => {
    const Listed = event('listed', { items: z.array(z.object({ price: z.number() })) });
    const issues = Listed.payload.decode({ items: [{ price: 1 }, { price: 'secret12' }] });
    expect(isLeft(issues) && issues.left[0]?.context.map(({ key }) => key)).to.deep.equal(['', 'items', '1', 'price']);
    const decoded = Listed.payload.decode({ items: [{ price: 1, secret: 1 }], secret: 1 });
    expect(isRight(decoded) && decoded.right).to.deep.equal({ items: [{ price: 1 }] });
  });
});
