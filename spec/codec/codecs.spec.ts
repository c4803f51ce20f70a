import { expect } from 'chai';
import * as fc from 'fast-check';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { DateFromISOString } from '../../lib/codec/DateFromISOString.ts';
import { BooleanFromString, IntFromString, NumberFromString } from '../../lib/codec/fromString.ts';
import { Json } from '../../lib/codec/Json.ts';
import { oneOrMany } from '../../lib/codec/oneOrMany.ts';
import { Int, NonEmptyString } from '../../lib/codec/scalars.ts';
import { event } from '../../lib/event/event.ts';

/** Returns the decoded value, or `undefined`. */
function read(codec: t.Mixed, value: unknown): unknown {
  const decoded = codec.decode(value);
  return isRight(decoded) ? decoded.right : undefined;
}

function takes(codec: t.Mixed, ...values: unknown[]): void {
  for (const value of values) expect(codec.is(value), typeof value).to.equal(true);
}

function refuses(codec: t.Mixed, ...values: unknown[]): void {
  for (const value of values) expect(codec.is(value), typeof value).to.equal(false);
}

describe('Int', () => {
  it('accepts whole numbers that JSON represents exactly', () => {
    takes(Int, 0, -5, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER);
    refuses(Int, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', 1n, null);
  });
});

describe('NonEmptyString', () => {
  it('accepts strings of at least one character', () => {
    takes(NonEmptyString, ' ', 'a');
    refuses(NonEmptyString, '', 1, null, []);
  });
});

describe('Json', () => {
  it('accepts values that JSON preserves', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(Json.is(plain)).to.equal(true);
        expect(read(Json, plain) ?? null).to.equal(plain);
      }),
    );
    takes(Json, Object.create(null), { a: [null] });
  });

  it('rejects values that JSON changes, drops or cannot represent', () => {
    const sparse: number[] = [];
    sparse[1] = 1;
    refuses(Json, undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol('s'), () => 1, new Date(0), new Map());
    refuses(Json, { a: undefined }, [undefined], sparse, { toJSON: () => 1 }, new (class Thing {})(), {
      a: { b: [1n] },
    });
  });

  it('rejects circular and very deep values', () => {
    const circle: unknown[] = [];
    circle.push(circle, circle);
    refuses(Json, circle);
    const nested = (depth: number): unknown => (depth === 0 ? 0 : [nested(depth - 1)]);
    takes(Json, nested(200));
    refuses(Json, nested(201), nested(5000));
  });
});

describe('IntFromString', () => {
  it('reads one spelling of each whole number', () => {
    expect(['0', '7', '-7', '9007199254740991'].map((text) => read(IntFromString, text))).to.deep.equal([
      0,
      7,
      -7,
      2 ** 53 - 1,
    ]);
    for (const text of [
      '',
      ' ',
      ' 1',
      '1 ',
      '01',
      '-0',
      '+1',
      '1e3',
      '0x10',
      '1.0',
      '1_000',
      '9007199254740992',
      'NaN',
      '١',
      1,
      null,
      ['1'],
    ]) {
      expect(read(IntFromString, text), String(text)).to.equal(undefined);
    }
  });

  it('writes what it reads', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        expect(read(IntFromString, IntFromString.encode(n))).to.equal(n);
      }),
    );
    refuses(IntFromString, 1.5, '1');
  });
});

describe('NumberFromString', () => {
  it('reads numbers spelt as in JSON', () => {
    expect(['0', '-1.50', '1e3', '2E-2'].map((text) => read(NumberFromString, text))).to.deep.equal([
      0, -1.5, 1000, 0.02,
    ]);
    for (const text of ['', ' ', '1 ', '.5', '1.', '+1', '01', '0x10', 'Infinity', 'NaN', '1e999', '1,5', 1, null]) {
      expect(read(NumberFromString, text), String(text)).to.equal(undefined);
    }
  });

  it('writes what it reads', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0);
    fc.assert(
      fc.property(number, (n) => {
        expect(read(NumberFromString, NumberFromString.encode(n))).to.equal(n === 0 ? 0 : n);
      }),
    );
    refuses(NumberFromString, Number.NaN, Number.POSITIVE_INFINITY, '1');
  });
});

describe('BooleanFromString', () => {
  it('reads and writes true and false', () => {
    expect(['true', 'false'].map((text) => read(BooleanFromString, text))).to.deep.equal([true, false]);
    for (const text of ['', '1', '0', 'TRUE', 'yes', true, null])
      expect(read(BooleanFromString, text)).to.equal(undefined);
    expect([true, false].map((value) => BooleanFromString.encode(value))).to.deep.equal(['true', 'false']);
    refuses(BooleanFromString, 'true');
  });
});

describe('oneOrMany', () => {
  const tags = oneOrMany(t.string);

  it('decodes one item and many as a list', () => {
    expect(read(tags, 'a')).to.deep.equal(['a']);
    expect(read(tags, ['a', 'b'])).to.deep.equal(['a', 'b']);
    expect(read(tags, [])).to.deep.equal([]);
    expect(read(oneOrMany(IntFromString), '5')).to.deep.equal([5]);
    expect(tags.encode(['a'])).to.deep.equal(['a']);
    expect(oneOrMany(DateFromISOString).encode([new Date(0)])).to.deep.equal(['1970-01-01T00:00:00.000Z']);
  });

  it('rejects an absent value and one that does not match', () => {
    for (const value of [undefined, null, 5, ['a', 5], {}]) expect(read(tags, value)).to.equal(undefined);
    takes(tags, [], ['a']);
    refuses(tags, 'a', [1]);
  });

  it('cannot contain lists, nor values that may be absent', () => {
    expect(() => event('x', { a: oneOrMany(t.array(t.string)) })).to.throw(
      TypeError,
      'x.data.a: oneOrMany cannot tell one',
    );
    expect(() => oneOrMany(t.array(t.string)).is([])).to.throw(
      TypeError,
      'one or many Array<string>: oneOrMany cannot tell one',
    );
    expect(() => event('x', { a: oneOrMany(t.union([t.string, t.undefined])) })).to.throw(
      TypeError,
      'no undefined in an array',
    );
  });

  it('can be part of a recursive codec', () => {
    interface Node {
      readonly next: readonly Node[];
    }
    const node: t.Type<Node> = t.recursion('Node', () => t.type({ next: oneOrMany(node) }) as never);
    expect(read(event('x', node).payload, { next: { next: [], x: 1 } })).to.deep.equal({ next: [{ next: [] }] });
  });
});
