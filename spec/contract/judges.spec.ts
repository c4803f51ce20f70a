import { expect } from 'chai';
import fc from 'fast-check';
import * as t from 'io-ts';
import {
  BooleanFromString,
  DateFromISOString,
  event,
  Int,
  IntFromString,
  Json,
  NonEmptyString,
  NumberFromString,
  oneOrMany,
} from 'rxsse';
import { judgeOf } from './schemaOf.ts';

/** A codec, and the JSON of its values. */
interface Part {
  readonly codec: t.Mixed;
  readonly json: fc.Arbitrary<unknown>;
}

interface Tree {
  readonly label: string;
  readonly next: Tree | null;
}
const Tree: t.Type<Tree> = t.recursion('Tree', () => t.type({ label: t.string, next: t.union([Tree, t.null]) }));
const trees = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.record({ label: fc.string(), next: fc.option(tie('tree'), { depthSize: 'small' }) }),
})).tree;

const dates = ['2026-01-31T12:00:00+02:00', '2026-01-31t12:00:00.123456z', '2024-02-29T23:59:59Z'];
const noDates = [
  '2026-02-30T00:00:00Z',
  '2026-01-31T24:00:00Z',
  '2026-01-31 12:00:00Z',
  '2026-01-31T12:00:60Z',
  '2026-01-31',
];
const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
const finite = fc.oneof(numbers, fc.integer());
const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>;
const text = (values: fc.Arbitrary<unknown>): fc.Arbitrary<string> => values.map(String);

const leaves: readonly Part[] = [
  { codec: t.string, json: fc.string() },
  { codec: t.number, json: finite },
  { codec: t.boolean, json: fc.boolean() },
  { codec: t.null, json: fc.constant(null) },
  { codec: t.unknown, json },
  { codec: Json, json },
  { codec: t.literal('a'), json: fc.constant('a') },
  { codec: t.keyof({ a: null, b: null }), json: fc.constantFrom('a', 'b') },
  { codec: t.union([t.literal(1), t.literal('1'), t.null]), json: fc.constantFrom(1, '1', null) },
  { codec: t.union([t.string, t.number]), json: fc.oneof(fc.string(), finite) },
  { codec: Int, json: fc.maxSafeInteger() },
  { codec: NonEmptyString, json: fc.string({ minLength: 1 }) },
  { codec: DateFromISOString, json: fc.constantFrom(...dates) },
  { codec: IntFromString, json: text(fc.integer()) },
  { codec: NumberFromString, json: text(fc.integer()) },
  { codec: BooleanFromString, json: text(fc.boolean()) },
  { codec: Tree, json: trees },
  { codec: t.UnknownRecord, json: fc.dictionary(fc.string(), json, { noNullPrototype: true }) },
];

const keys = ['a', 'b', 'toString', 'x.y'] as const;

function recordOf(parts: readonly Part[], make: (props: t.Props) => t.Mixed, isPartial: boolean): Part {
  const named = parts.map((part, index) => [keys[index % keys.length] as string, part] as const);
  return {
    codec: make(Object.fromEntries(named.map(([key, { codec }]) => [key, codec]))),
    json: fc.record(Object.fromEntries(named.map(([key, part]) => [key, part.json])), {
      noNullPrototype: true,
      ...(isPartial ? { requiredKeys: [] } : {}),
    }),
  };
}

const parts = fc.letrec<{ part: Part; list: readonly Part[] }>((tie) => ({
  list: fc.array(tie('part') as fc.Arbitrary<Part>, { minLength: 1, maxLength: 3 }),
  part: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...leaves),
    tie('list').map((list) => recordOf(list as readonly Part[], t.type, false)),
    tie('list').map((list) => recordOf(list as readonly Part[], t.partial, true)),
    tie('list').map((list) => recordOf(list as readonly Part[], (props) => t.exact(t.type(props)), false)),
    tie('list').map((list) => {
      const all = list as readonly Part[];
      const [first, ...more] = all.map(({ codec }) => codec);
      return {
        codec: t.tuple([first as t.Mixed, ...more] as unknown as [t.Mixed]),
        json: fc.tuple(...all.map((part) => part.json)),
      };
    }),
    (tie('part') as fc.Arbitrary<Part>).map(({ codec, json }) => ({
      codec: t.array(codec),
      json: fc.array(json, { maxLength: 3 }),
    })),
    (tie('part') as fc.Arbitrary<Part>).map(({ codec, json }) => ({
      codec: t.record(t.string, codec),
      json: fc.dictionary(fc.constantFrom(...keys), json, { noNullPrototype: true }),
    })),
    (tie('part') as fc.Arbitrary<Part>).map(({ codec, json }) => ({
      codec: t.union([t.type({ kind: t.literal('one'), part: codec }), t.type({ kind: t.literal('two') }), t.null]),
      json: fc.oneof(
        json.map((part) => ({ kind: 'one', part })),
        fc.constantFrom({ kind: 'two' }, null),
      ),
    })),
    (tie('part') as fc.Arbitrary<Part>).map(({ codec, json }) => ({
      codec: t.intersection([t.type({ a: codec }), t.partial({ z: t.union([t.string, t.undefined]) })]),
      json: fc.record({ a: json, z: fc.string() }, { requiredKeys: ['a'], noNullPrototype: true }),
    })),
    fc.constantFrom<Part>({
      codec: oneOrMany(t.string),
      json: fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 2 })),
    }),
  ),
}));

const others = fc.oneof(
  json,
  fc.constantFrom<unknown>(
    ...noDates,
    ...dates,
    '',
    '01',
    '1.5e3',
    'true',
    'one',
    'two',
    1,
    -0.5,
    2 ** 53,
    [],
    {},
    null,
  ),
);

/** Changes one value of JSON: another value, a field less or a field more. */
function mutated(value: unknown, [turn = 0, ...turns]: readonly number[], other: unknown): unknown {
  if (typeof value !== 'object' || value === null) return other;
  const all = Object.entries(value);
  const [key, inner] = all[turn % Math.max(1, all.length)] ?? [];
  if (key === undefined || turns.length === 0) return other;
  if (Array.isArray(value)) {
    return turn % 5 === 4
      ? value.slice(1)
      : value.map((item, index) => (String(index) === key ? mutated(inner, turns, other) : item));
  }
  const rest = all.filter(([name]) => name !== key);
  if (turn % 5 === 3) return Object.fromEntries([...all, ['another', other]]);
  return Object.fromEntries(turn % 5 === 4 ? rest : [...rest, [key, mutated(inner, turns, other)]]);
}

function accepts(part: Part): boolean {
  try {
    event('x', part.codec);
    return true;
  } catch {
    return false; // A tuple of `undefined`, for example.
  }
}

describe('the schema and the codec of an event', function () {
  this.timeout(60_000);

  it('judge 1,000 random events the same, half of which are mutated', async () => {
    const verdicts = { accepted: 0, rejected: 0 };
    await fc.assert(
      fc.asyncProperty(
        (parts.part as fc.Arbitrary<Part>).filter(accepts).chain((part) =>
          fc
            .array(fc.tuple(part.json, fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), others), {
              minLength: 10,
              maxLength: 10,
            })
            .map((values) => ({ part, values, [fc.toStringMethod]: () => `events of ${part.codec.name}` })),
        ),
        async ({ part, values }) => {
          const { payload } = event('x', part.codec);
          const judge = await judgeOf(part.codec);
          for (const [index, [value, turns, other]] of values.entries()) {
            const tried = index % 2 === 0 ? value : mutated(value, turns, other);
            const isAccepted = payload.decode(tried)._tag === 'Right';
            expect(judge(tried), JSON.stringify(tried)).to.equal(isAccepted);
            verdicts[isAccepted ? 'accepted' : 'rejected']++;
          }
        },
      ),
      { numRuns: 100 },
    );
    expect(verdicts.accepted + verdicts.rejected).to.equal(1000);
    expect(verdicts.rejected).to.be.at.least(100);
  });
});
