import { expect } from 'chai';
import fc from 'fast-check';
import { equalsCopy, notPlain, plainCopyOf } from '../../lib/data/plainCopy.ts';

const plain = fc.object({ maxDepth: 4, withDate: true, withNullPrototype: true, withSparseArray: false });
const copied = plain.filter((value) => plainCopyOf(value) !== notPlain);

describe('a copy of plain data', () => {
  it('equals an invalid date', () => {
    expect(equalsCopy(new Date(Number.NaN), plainCopyOf(new Date(Number.NaN)))).to.equal(true);
  });

  it('equals the value, and another value of the same content', () => {
    fc.assert(
      fc.property(copied, (value) => {
        const copy = plainCopyOf(value);
        expect(equalsCopy(value, copy)).to.equal(true);
        expect(equalsCopy(structuredClone(value), copy)).to.equal(true);
      }),
    );
  });

  it('does not change with the value', () => {
    fc.assert(
      fc.property(copied, (value) => {
        const before = structuredClone(value);
        const copy = plainCopyOf(value);
        for (const key of Object.keys(value)) delete (value as Record<string, unknown>)[key];
        expect(equalsCopy(before, copy)).to.equal(true);
      }),
    );
  });

  it('does not equal a value with another JSON text', () => {
    fc.assert(
      fc.property(copied, fc.oneof(plain, fc.anything()), (value, other) => {
        if (!equalsCopy(other, plainCopyOf(value))) return;
        expect(JSON.stringify(other)).to.equal(JSON.stringify(value));
      }),
      {
        examples: [
          [{ a: undefined }, { b: undefined }],
          [{ a: 1 }, { a: 1, b: undefined }],
          [{}, []],
          [
            { a: 1, b: 2 },
            { b: 2, a: 1 },
          ],
          [{ a: new Date(0) }, { a: {} }],
          [{ 0: 1 }, [1]],
        ],
      },
    );
  });

  for (const [what, value] of [
    ['a method', { toJSON: () => 1 }],
    ['an object of a class', { at: new URL('http://localhost/') }],
    ['a Map', [new Map([[1, 2]])]],
    ['an own __proto__', JSON.parse('{"__proto__":{"a":1}}')],
    ['itself', cyclic()],
  ] as const) {
    it(`is not created of a value that contains ${what}`, () => {
      expect(plainCopyOf(value)).to.equal(notPlain);
    });
  }

  for (const [what, change] of [
    ['a field', (value: Mutable) => (value.list[0] = { n: 2 })],
    ['a field deep inside', (value: Mutable) => (value.list[0].n = 2)],
    ['a date', (value: Mutable) => value.at.setTime(1)],
    ['the length of an array', (value: Mutable) => value.list.push({ n: 3 })],
    ['its fields', (value: Mutable) => (value.more = undefined)],
  ] as const) {
    it(`does not equal its value after a change of ${what}`, () => {
      const value: Mutable = { list: [{ n: 1 }], at: new Date(0) };
      const copy = plainCopyOf(value);
      change(value);
      expect(equalsCopy(value, copy)).to.equal(false);
    });
  }
});

interface Mutable {
  list: [{ n: number }, ...{ n: number }[]];
  at: Date;
  more?: undefined;
}

function cyclic(): object {
  const value: { self?: object } = {};
  value.self = value;
  return value;
}
