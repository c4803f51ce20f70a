import { expect } from 'chai';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { DateFromISOString } from '../../../lib/codec/DateFromISOString.ts';
import { describeFailure } from '../../../lib/codec/describeFailure.ts';
import { IntFromString, NumberFromString } from '../../../lib/codec/fromString.ts';
import { Json } from '../../../lib/codec/Json.ts';
import { oneOrMany } from '../../../lib/codec/oneOrMany.ts';
import { NonEmptyString } from '../../../lib/codec/scalars.ts';
import { event } from '../../../lib/event/event.ts';
import { sent } from './sample.ts';

const a = t.type({ kind: t.literal('a'), n: t.number });
const b = t.type({ kind: t.literal('b'), s: t.string });
const c = t.type({ kind: t.keyof({ c: null, d: null }), s: t.string });
const upper = new t.Type<string>('Upper', t.string.is, t.string.validate, (text) => text.toUpperCase());
const anA: t.Type<t.TypeOf<typeof a>> = t.recursion('AnA', () => t.type(a.props));

/** Returns the decoded value, or the lines of the failure. */
function decode(codec: t.Mixed, value: unknown): unknown {
  const decoded = event('x', codec).payload.decode(value);
  return isRight(decoded) ? decoded.right : describeFailure(decoded.left, 'x');
}

describe('a union', () => {
  const fine: Record<string, t.Mixed> = {
    'nullable string': t.union([t.string, t.null]),
    'nullable object': t.union([a, t.null]),
    'nullable custom codec': t.union([upper, t.null]),
    'nullable dates': t.union([DateFromISOString, t.null]),
    'date or number': t.union([DateFromISOString, t.number]),
    'all primitives': t.union([t.string, t.number, t.boolean, t.null]),
    literals: t.union([t.literal('a'), t.literal('b'), t.literal(1)]),
    'literal or any string': t.union([t.literal('a'), t.string]),
    brands: t.union([NonEmptyString, t.literal('')]),
    'integers or fractions': t.union([t.Int, t.number]),
    'object, array or string': t.union([a, t.array(a), t.string]),
    'objects by literal': t.union([a, b]),
    'objects by sets of literals': t.union([a, c]),
    'objects by union of literals': t.union([a, t.type({ kind: t.union([t.literal('x'), t.literal(1)]) })]),
    'objects by null against literal': t.union([a, t.type({ kind: t.null })]),
    'objects by literal, exact': t.union([t.strict(a.props), t.exact(b)]),
    'objects by literal in an intersection': t.union([t.intersection([a, t.type({ x: t.number })]), b]),
    'objects by literal behind a recursion': t.union([anA, b]),
    'objects by literal behind readonly and refinement': t.union([t.readonly(a), t.refinement(b, () => true)]),
    'objects by a part of a set of literals': t.union([
      t.type({ kind: t.refinement(c.props.kind, (kind) => kind === 'c') }),
      t.type({ kind: t.literal('d') }),
    ]),
    'unions in a union': t.union([t.union([a, t.null]), t.union([b, t.string])]),
    'pairwise by different literals': t.union([
      t.type({ p: t.literal(1), q: t.literal(1) }),
      t.type({ p: t.literal(2), q: t.literal(1) }),
      t.type({ p: t.literal(1), q: t.literal(2) }),
    ]),
    'events by their type': t.union([event('one').codec, event('two').codec]),
    'anything or null': t.union([t.unknown, t.null]),
    'JSON or a string': t.union([Json, t.string]),
    'a member twice': t.union([t.string, t.string]),
  };
  for (const [what, codec] of Object.entries(fine)) {
    it(`can be ${what}`, () => expect(() => event('x', codec)).not.to.throw());
  }

  const ambiguous: Record<string, readonly [t.Mixed, string]> = {
    'objects without a literal': [
      t.union([t.type({ p: t.string }), t.type({ q: t.string })]),
      "object and object cannot be told apart: both are JSON objects; give each a literal field, such as kind: t.literal('a')",
    ],
    'objects of one literal': [
      t.union([a, t.type({ kind: t.literal('a') }, 'A2')]),
      'object and A2 cannot be told apart: both are JSON objects',
    ],
    'objects whose literals overlap': [
      t.union([c, t.type({ kind: t.keyof({ d: null, e: null }) })]),
      'both are JSON objects',
    ],
    'objects by an optional literal': [
      t.union([t.partial({ kind: t.literal('a') }), t.partial({ kind: t.literal('b') })]),
      'both are JSON objects',
    ],
    'an object and a dictionary': [t.union([a, t.record(t.string, t.string)]), 'both are JSON objects'],
    'two arrays': [
      t.union([t.array(t.string), t.array(t.number)]),
      'Array<string> and Array<number> cannot be told apart: both are arrays in JSON',
    ],
    'an array and a tuple': [t.union([t.array(t.string), t.tuple([t.number])]), 'both are arrays in JSON'],
    'a date and a string': [
      t.union([DateFromISOString, t.string]),
      "DateFromISOString and string cannot be told apart: both are strings in JSON; put each in an object with a literal field of its own, such as kind: t.literal('a')",
    ],
    'a date and a literal': [t.union([DateFromISOString, t.literal('never')]), 'both are strings in JSON'],
    'two texts': [t.union([IntFromString, NumberFromString]), 'both are strings in JSON'],
    'one or many beside one': [t.union([oneOrMany(t.string), t.string]), 'both are strings in JSON'],
    'a custom codec and a string': [
      t.union([upper, t.string]),
      'Upper and string cannot be told apart: what the custom codec Upper encodes to is unknown; put each in an object',
    ],
    'a custom codec and an object': [t.union([a, upper]), 'what the custom codec Upper encodes to is unknown'],
    'anything and an object': [t.union([t.unknown, a]), 'both are JSON objects'],
    'members of nested unions': [t.union([t.union([a, t.null]), t.union([a, t.string])]), 'both are JSON objects'],
    'a member of itself': [t.union([t.union([t.array(t.string), t.array(t.number)]), t.null]), 'both are arrays'],
  };
  for (const [what, [codec, message]] of Object.entries(ambiguous)) {
    it(`cannot be ${what}`, () => {
      expect(() => event('x', { here: t.array(codec) }))
        .to.throw(TypeError)
        .with.property('message')
        .that.contains(message)
        .and.satisfies((text: string) => text.startsWith('x.data.here[]: in this union '));
    });
  }

  it('is rejected inside a recursion as well', () => {
    const list: t.Mixed = t.recursion('List', (self) =>
      t.type({ v: t.union([t.array(t.string), t.array(t.number)]), next: t.union([self, t.null]) }),
    );
    expect(() => event('x', list)).to.throw(TypeError, 'x.data.v: in this union');
  });

  it('shows only the beginning of long names', () => {
    const long = t.type({ p: t.string }, 'L'.repeat(1000));
    expect(() => event('x', t.union([long, t.type({ q: t.string })])))
      .to.throw(TypeError)
      .with.property('message')
      .with.length.below(300);
  });

  describe('decoding', () => {
    const codec = t.union([a, b, t.null, DateFromISOString]);

    it('chooses the member by the kind of JSON', () => {
      expect(decode(codec, null)).to.equal(null);
      expect(decode(codec, '1970-01-01T00:00:00Z')).to.deep.equal(new Date(0));
      expect(decode(codec, { kind: 'a', n: 1 })).to.deep.equal({ kind: 'a', n: 1 });
      expect(decode(codec, { kind: 'b', s: '' })).to.deep.equal({ kind: 'b', s: '' });
    });

    it('reports only the failures of the chosen member', () => {
      expect(decode(codec, { kind: 'a' })).to.deep.equal(['x.n: expected number, got undefined']);
      expect(decode(codec, { kind: 'b', s: 5 })).to.deep.equal(['x.s: expected string, got number']);
      expect(decode(t.union([t.array(t.string), t.null]), [1])).to.deep.equal(['x[0]: expected string, got number']);
    });

    it('reports in one line what was expected when no member matches', () => {
      expect(decode(t.union([t.string, t.null]), 5)).to.deep.equal(['x: expected string or null, got number']);
      expect(decode(t.union([t.literal('a'), t.literal('b')]), 'c')).to.deep.equal([
        'x: expected "a" or "b", got string',
      ]);
      expect(decode(codec, 5)).to.deep.equal([
        'x: expected object or null or a date and time with an offset, such as 2026-01-31T12:00:00Z, got number',
      ]);
      expect(decode(codec, { kind: 'z' })).to.deep.equal(['x.kind: expected "a" or "b", got string']);
      expect(decode(codec, {})).to.deep.equal(['x.kind: expected "a" or "b", got undefined']);
    });

    it('names the object when no single literal field decides', () => {
      const one = t.literal(1);
      const two = t.literal(2);
      const ring = t.union([t.type({ p: one, q: one }), t.type({ p: two, r: one }), t.type({ q: two, r: two })]);
      expect(decode(ring, { p: 2, r: 1 })).to.deep.equal({ p: 2, r: 1 });
      expect(decode(ring, { q: 2, r: 2 })).to.deep.equal({ q: 2, r: 2 });
      expect(decode(ring, { q: 2, r: 1 })).to.deep.equal(['x: expected object, got object']);
    });
  });

  it('encodes by the member that matches the value', () => {
    const codec = t.union([a, b, t.null, DateFromISOString]);
    expect(sent(codec, { kind: 'b', s: 'x' })).to.deep.equal({ kind: 'b', s: 'x' });
    expect(sent(codec, new Date(0))).to.equal('1970-01-01T00:00:00.000Z');
    expect(sent(codec, null)).to.equal(null);
    expect(sent({ v: t.union([t.string, t.undefined]) }, { v: undefined })).to.deep.equal({});
    expect(() => event('x', codec).payload.encode({ kind: 'z' } as never)).to.throw(TypeError, 'check it before');
  });

  it('describes for the program the failure of a value that it created', () => {
    const X = event('x', t.union([a, b, t.null, DateFromISOString, t.array(t.number)]));
    const message = (data: unknown): string => {
      try {
        return JSON.stringify(Reflect.apply(X, undefined, [data]));
      } catch (error) {
        return String(error);
      }
    };
    expect(message({ kind: 'a', n: '1' })).to.equal('TypeError: x.data.n: expected number, got string');
    expect(message([1, '2'])).to.equal('TypeError: x.data[1]: expected number, got string');
    expect(message(new Date(Number.NaN))).to.match(
      /x\.data: expected object \| null \| DateFromISOString .*, got invalid Date/,
    );
  });
});
