import { expect } from 'chai';
import * as fc from 'fast-check';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { DateFromISOString } from '../../../lib/codec/DateFromISOString.ts';
import { CheckedEvent } from '../../../lib/event/encodeEvent.ts';
import { event } from '../../../lib/event/event.ts';

/** How a member of the union contains the next level. */
type Slot = 'child' | 'list' | 'pair' | 'dictionary' | 'optional';
/** The codec around a member. */
type Wrapper = 'none' | 'readonly' | 'refinement' | 'intersection' | 'union' | 'recursion';

interface Member {
  readonly slot: Slot;
  readonly wrapper: Wrapper;
  /** Whether the literal field comes before the next level, or after it. */
  readonly literalFirst: boolean;
}

/** Returns a recursive codec whose records are created by `record`, and each call of whose predicate calls `count`. */
function codecOf(members: readonly Member[], record: (props: t.Props) => t.Mixed, count: () => void): t.Mixed {
  const counted = (inner: t.Mixed): t.Mixed =>
    t.refinement(
      inner,
      () => {
        count();
        return true;
      },
      'Counted',
    );
  const slots = (self: t.Mixed): Record<Slot, t.Mixed> => ({
    child: t.union([self, t.null]),
    list: t.array(self),
    pair: t.tuple([t.union([t.null, self]), counted(t.string)]),
    dictionary: t.record(t.string, self),
    optional: t.union([self, t.undefined]),
  });
  const wrap = (wrapper: Wrapper, inner: t.Mixed): t.Mixed =>
    ({
      none: () => inner,
      readonly: () => t.readonly(inner),
      refinement: () => counted(inner),
      intersection: () => t.intersection([inner, record({ more: counted(t.string) })]),
      union: () => t.union([inner, t.null, t.number]),
      recursion: () => t.recursion('Wrapped', () => inner),
    })[wrapper]();
  const self: t.Mixed = t.recursion('T', () => {
    const all = members.map(({ slot, wrapper, literalFirst }, index) => {
      const next = slots(self)[slot];
      const kind = t.literal(index);
      return wrap(wrapper, record(literalFirst ? { kind, next } : { next, at: DateFromISOString, kind }));
    });
    return t.union(all as [t.Mixed, t.Mixed]);
  });
  return self;
}

/** Returns data of the codec on the wire, with one unknown field at each level: members are taken in turn. */
function wireOf(members: readonly Member[], depth: number, last: unknown): unknown {
  let value: unknown;
  for (let level = depth; level > 0; level--) {
    const index = (level * 7) % members.length;
    const { slot, wrapper, literalFirst } = members[index] as Member;
    const inner = level === depth ? [] : [value];
    const next = {
      child: inner[0] ?? null,
      list: inner,
      pair: [inner[0] ?? null, 'text'],
      dictionary: Object.fromEntries(inner.map((one) => ['key', one])),
      optional: inner[0],
    }[slot];
    value = {
      unknown: 1,
      ...(next === undefined ? {} : { next }),
      ...(literalFirst ? {} : { at: level === depth ? last : '2020-01-01T00:00:00.000Z' }),
      ...(wrapper === 'intersection' ? { more: level === depth && literalFirst ? last : 'more' } : {}),
      kind: index,
    };
  }
  return value;
}

/** Returns the same value, in which each read of a field calls `count`. */
function observed(value: unknown, count: () => void): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const cache = new Map<PropertyKey, unknown>();
  return new Proxy(value, {
    get(target, key) {
      count();
      if (!cache.has(key)) cache.set(key, observed(Reflect.get(target, key), count));
      return cache.get(key);
    },
    ownKeys(target) {
      count();
      return Reflect.ownKeys(target);
    },
  });
}

const members = fc.array(
  fc.record<Member>({
    slot: fc.constantFrom('child', 'list', 'pair', 'dictionary', 'optional'),
    wrapper: fc.constantFrom('none', 'readonly', 'refinement', 'intersection', 'union', 'recursion'),
    literalFirst: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);

/** A value at the end of a chain: one that fits, and one that does not. */
const last = fc.constantFrom('2020-01-01T00:00:00.000Z', 5);

describe('an exact codec', () => {
  it('decodes and encodes as io-ts does with exact records', () => {
    fc.assert(
      fc.property(members, fc.integer({ min: 1, max: 4 }), last, (of, depth, end) => {
        const { payload } = event(
          'x',
          codecOf(of, t.type, () => {}),
        );
        const oracle = codecOf(of, t.strict, () => {});
        const wire = wireOf(of, depth, end);
        const decoded = payload.decode(wire);
        const expected = oracle.decode(wire);
        expect(isRight(decoded)).to.equal(isRight(expected));
        if (!isRight(decoded) || !isRight(expected)) return;
        expect(decoded.right).to.deep.equal(expected.right);
        expect(payload.encode(decoded.right)).to.deep.equal(oracle.encode(expected.right));
      }),
    );
  });

  it('takes time linear in the depth of the data, to check, decode, encode and report', () => {
    fc.assert(
      fc.property(members, last, (of, end) => {
        let calls = 0;
        const count = (): void => void calls++;
        const definition = event('x', codecOf(of, t.type, count));
        const callsOf = (depth: number): number => {
          calls = 0;
          const wire = wireOf(of, depth, end);
          const decoded = definition.payload.decode(observed(wire, count));
          const program = isRight(decoded) ? decoded.right : wire;
          try {
            const made = Reflect.apply(definition, undefined, [observed(program, count)]);
            new CheckedEvent(definition, observed(made, count) as { data: unknown }).data;
          } catch (error) {
            if (isRight(decoded)) throw error;
          }
          return calls;
        };
        // The time of a chain of forty levels is four times that of ten; exponential it would be 2^30 times.
        expect(callsOf(40)).to.be.below(5 * callsOf(10) + 100);
      }),
      { numRuns: 200 },
    );
  });
});
