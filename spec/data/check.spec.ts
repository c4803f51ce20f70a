import { expect } from 'chai';
import {
  checkBoolean,
  checkBytes,
  checkCount,
  checkDelay,
  checkDuration,
  checkFunction,
  checkNumber,
  checkOneOf,
  maxTimerDelay,
} from '../../lib/data/check.ts';

type Check = (option: string, value: unknown) => void;

const number =
  (range: Parameters<typeof checkNumber>[2]): Check =>
  (option, value) =>
    checkNumber(option, value, range);

/** Each check, what it expects of another type, the values that it accepts, and the messages of the numbers that it refuses. */
const checks: readonly (readonly [
  title: string,
  check: Check,
  kind: string,
  accepted: readonly unknown[],
  refused: readonly (readonly [value: number, message: string])[],
])[] = [
  [
    'checkDuration',
    checkDuration,
    'a number of milliseconds',
    [0.1, 1, Infinity],
    [
      [0, 'f: x must be above 0 ms, got 0'],
      [-1, 'f: x must be above 0 ms, got -1'],
      [Number.NaN, 'f: x must be above 0 ms, got NaN'],
    ],
  ],
  [
    'checkDelay',
    checkDelay,
    'a number of milliseconds',
    [0.1, maxTimerDelay],
    [
      [0, 'f: x must be above 0 ms and at most 2147483647, got 0'],
      [maxTimerDelay + 1, 'f: x must be above 0 ms and at most 2147483647, got 2147483648'],
      [Infinity, 'f: x must be above 0 ms and at most 2147483647, got Infinity'],
      [Number.NaN, 'f: x must be above 0 ms and at most 2147483647, got NaN'],
    ],
  ],
  [
    'checkCount',
    checkCount,
    'a whole number',
    [1, 2, Infinity],
    [
      [0, 'f: x must be a whole number from 1, or Infinity, got 0'],
      [1.5, 'f: x must be a whole number from 1, or Infinity, got 1.5'],
      [Number.NaN, 'f: x must be a whole number from 1, or Infinity, got NaN'],
    ],
  ],
  [
    'checkBytes',
    checkBytes,
    'a number of bytes',
    [1, 1.5, Infinity],
    [
      [0, 'f: x must be at least 1 byte, got 0'],
      [Number.NaN, 'f: x must be at least 1 byte, got NaN'],
    ],
  ],
  [
    'checkNumber with a least value',
    number({ min: 0 }),
    'a number',
    [0, 0.5, Infinity],
    [
      [-0.1, 'f: x must be at least 0, got -0.1'],
      [-Infinity, 'f: x must be at least 0, got -Infinity'],
    ],
  ],
  [
    'checkNumber with a least value and a unit',
    number({ min: 0, unit: 'ms' }),
    'a number of milliseconds',
    [0],
    [[-1, 'f: x must be at least 0 ms, got -1']],
  ],
  [
    'checkNumber with two limits',
    number({ min: 0, max: 1 }),
    'a number',
    [0, 0.5, 1],
    [
      [-0.1, 'f: x must be from 0 to 1, got -0.1'],
      [1.1, 'f: x must be from 0 to 1, got 1.1'],
      [Infinity, 'f: x must be from 0 to 1, got Infinity'],
    ],
  ],
  [
    'checkNumber with whole numbers between limits',
    number({ min: 2, max: 4, whole: true, unit: 'ms' }),
    'a whole number of milliseconds',
    [2, 3, 4],
    [
      [2.5, 'f: x must be a whole number from 2 to 4 ms, got 2.5'],
      [5, 'f: x must be a whole number from 2 to 4 ms, got 5'],
    ],
  ],
  [
    'checkNumber with whole numbers above another',
    number({ above: 1, whole: true }),
    'a whole number',
    [2],
    [
      [1, 'f: x must be a whole number above 1, got 1'],
      [1.5, 'f: x must be a whole number above 1, got 1.5'],
    ],
  ],
];

describe('check', () => {
  for (const [title, check, expected, accepted, refused] of checks) {
    describe(title, () => {
      for (const value of accepted) it(`accepts ${value}`, () => check('f: x', value));

      for (const [value, message] of refused) {
        it(`throws a RangeError for ${value}`, () => {
          expect(() => check('f: x', value)).to.throw(RangeError, new RegExp(`^${message}$`));
        });
      }

      for (const [value, kind] of [
        ['15s', 'string'],
        [null, 'null'],
        [undefined, 'undefined'],
        [[1], 'array'],
      ]) {
        it(`throws a TypeError that says ${expected} for a value of the kind ${kind}`, () => {
          expect(() => check('f: x', value)).to.throw(TypeError, new RegExp(`^f: x must be ${expected}, got ${kind}$`));
        });
      }
    });
  }

  it('appends a hint after the value', () => {
    const heartbeat = (): void => checkDuration('sse: heartbeat', 0, 'use heartbeat: false to send none');
    expect(heartbeat).to.throw(
      RangeError,
      /^sse: heartbeat must be above 0 ms, got 0; use heartbeat: false to send none$/,
    );
  });

  describe('checkFunction', () => {
    it('accepts a function', () => checkFunction('f: x', () => {}));

    it('throws a TypeError for any other value', () => {
      expect(() => checkFunction('f: x', {})).to.throw(TypeError, /^f: x must be a function, got object$/);
      expect(() => checkFunction('f: x', 1, 'use g')).to.throw(
        TypeError,
        /^f: x must be a function, got number; use g$/,
      );
    });
  });

  describe('checkBoolean', () => {
    it('accepts true and false', () => {
      checkBoolean('f: x', true);
      checkBoolean('f: x', false);
    });

    it('throws a TypeError for any other value', () => {
      expect(() => checkBoolean('f: x', 'true')).to.throw(TypeError, /^f: x must be true or false, got string$/);
      expect(() => checkBoolean('f: x', 0)).to.throw(TypeError, /^f: x must be true or false, got number$/);
    });
  });

  describe('checkOneOf', () => {
    it('accepts each of the strings', () => {
      for (const value of ['a', 'b']) checkOneOf('f: x', value, ['a', 'b']);
    });

    it('throws a TypeError that lists them', () => {
      const one = (): void => checkOneOf('f: x', 'c', ['a']);
      expect(one).to.throw(TypeError, /^f: x must be 'a', got 'c'$/);
      const several = (): void => checkOneOf('f: x', null, ['a', 'b', 'c']);
      expect(several).to.throw(TypeError, /^f: x must be 'a', 'b' or 'c', got null$/);
      const orElse = (): void => checkOneOf('f: x', 1, ['a', 'b'], 'a function');
      expect(orElse).to.throw(TypeError, /^f: x must be 'a', 'b' or a function, got number$/);
    });

    it('shows no more than the start of a long string', () => {
      const long = (): void => checkOneOf('f: x', 'y'.repeat(100), ['a']);
      expect(long).to.throw(TypeError, new RegExp(`got '${'y'.repeat(40)}'$`));
    });
  });
});
