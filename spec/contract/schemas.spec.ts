import { expect } from 'chai';
import * as t from 'io-ts';
import {
  BooleanFromString,
  DateFromISOString,
  event,
  Int,
  IntFromString,
  Json,
  NonEmptyString,
  oneOrMany,
  type Shape,
} from 'rxsse';
import { schemaOf } from './schemaOf.ts';

interface Tree {
  readonly value: number;
  readonly children: readonly Tree[];
}

const Tree: t.Type<Tree> = t.recursion('Tree', () => t.type({ value: t.number, children: t.readonlyArray(Tree) }));

const Money = new t.Type<number, string, unknown>(
  'Money',
  t.number.is,
  (value, context) => (typeof value === 'string' ? t.success(Number(value)) : t.failure(value, context)),
  String,
);

const isEven = (n: number): boolean => n % 2 === 0;
const Even = t.refinement(t.number, isEven, 'Even');

const safe = Number.MAX_SAFE_INTEGER;
const object = (properties: object, required: readonly string[] = Object.keys(properties)): object =>
  required.length === 0 ? { type: 'object', properties } : { type: 'object', properties, required };

describe('the JSON Schema of an event', () => {
  const cases: readonly (readonly [title: string, shape: Shape, schema: object])[] = [
    ['a string', t.string, { type: 'string' }],
    ['a number', t.number, { type: 'number' }],
    ['a boolean', t.boolean, { type: 'boolean' }],
    ['null', t.null, { type: 'null' }],
    ['any value', t.unknown, {}],
    ['any JSON', Json, {}],
    ['a literal', t.literal('a'), { type: 'string', const: 'a' }],
    ['keys', t.keyof({ a: null, b: null }), { type: 'string', enum: ['a', 'b'] }],
    ['literals', t.union([t.literal(1), t.literal(2)]), { type: 'number', enum: [1, 2] }],
    ['a literal or null', t.union([t.literal('a'), t.null]), { type: ['string', 'null'], enum: ['a', null] }],
    ['types', t.union([t.string, t.number]), { type: ['string', 'number'] }],
    ['a whole number', Int, { type: 'integer', minimum: -safe, maximum: safe }],
    ['a string that is not empty', NonEmptyString, { type: 'string', minLength: 1 }],
    ['a number as text', IntFromString, { type: 'string', pattern: '^(0|-?[1-9]\\d{0,15})$', examples: ['1'] }],
    ['a boolean as text', BooleanFromString, { type: 'string', enum: ['true', 'false'] }],
    ['an array', t.array(t.string), { type: 'array', items: { type: 'string' } }],
    [
      'a tuple',
      t.tuple([t.string, t.null]),
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'null' }], minItems: 2 },
    ],
    [
      'one item or many',
      oneOrMany(t.string),
      { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    ],
    ['a record of props', { a: t.string, b: t.number }, object({ a: { type: 'string' }, b: { type: 'number' } })],
    ['a partial record', t.partial({ a: t.string }), object({ a: { type: 'string' } }, [])],
    ['an exact record', t.exact(t.type({ a: t.string })), object({ a: { type: 'string' } })],
    ['a field that may be absent', { a: t.union([t.string, t.undefined]) }, object({ a: { type: 'string' } }, [])],
    ['a field that is always absent', { a: t.undefined }, object({ a: false }, [])],
    ['a field of any value', { a: t.unknown }, object({ a: {} }, [])],
    [
      'an intersection',
      t.intersection([t.type({ a: t.string }), t.partial({ b: t.number })]),
      object({ a: { type: 'string' }, b: { type: 'number' } }, ['a']),
    ],
    ['a record by keys', t.record(t.string, t.number), { type: 'object', additionalProperties: { type: 'number' } }],
    ['a record of known keys', t.record(t.keyof({ a: null }), t.number), object({ a: { type: 'number' } })],
    ['any record', t.UnknownRecord, { type: 'object', additionalProperties: {} }],
    [
      'a union of records',
      t.union([t.type({ kind: t.literal('a') }), t.type({ kind: t.literal('b'), n: t.number })]),
      {
        anyOf: [
          object({ kind: { type: 'string', const: 'a' } }),
          object({ kind: { type: 'string', const: 'b' }, n: { type: 'number' } }),
        ],
      },
    ],
  ];

  for (const [title, shape, schema] of cases) {
    it(`describes ${title}`, async () => {
      expect(await schemaOf(shape)).to.deep.equal(schema);
    });
  }

  it('describes a date by its format and a pattern', async () => {
    const { pattern, ...schema } = await schemaOf(DateFromISOString);
    expect(schema).to.deep.equal({ type: 'string', format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });
    expect('2026-01-31T24:00:00Z').to.not.match(new RegExp(String(pattern)));
  });

  it('refers from a recursive codec to itself', async () => {
    expect(await schemaOf({ root: Tree })).to.deep.equal({
      ...object({ root: { $ref: '#/$defs/Tree' } }),
      $defs: {
        Tree: object({ value: { type: 'number' }, children: { type: 'array', items: { $ref: '#/$defs/Tree' } } }),
      },
    });
  });

  it('accepts any value for a custom codec, with a description of that', async () => {
    expect(await schemaOf({ price: Money })).to.deep.equal(
      object({ price: { description: 'Checked by the custom codec Money, which has no JSON Schema.' } }),
    );
  });

  it('has the type of a refinement, and says that the server checks further', async () => {
    expect(await schemaOf({ n: Even })).to.deep.equal(
      object({ n: { type: 'number', description: 'The server checks further: Even.' } }),
    );
  });

  it('has the schema that the app has for a custom codec and a refinement', async () => {
    const schemas = { Money: { type: 'string', pattern: '^\\d+$' }, Even: { type: 'integer', multipleOf: 2 } };
    const schema = await schemaOf({ price: Money, n: Even }, { schemas });
    expect(schema).to.deep.equal(object({ price: schemas.Money, n: schemas.Even }));
  });

  it('has the literals of a refinement that its predicate accepts', async () => {
    const codec = t.refinement(t.union([t.literal(1), t.literal(2)]), isEven, 'Even');
    expect(await schemaOf(codec)).to.deep.equal({ type: 'number', const: 2 });
  });

  it('of an event without data is null', async () => {
    expect(event('ping').payload.is(null)).to.equal(true);
    expect(await schemaOf(t.null)).to.deep.equal({ type: 'null' });
  });
});
