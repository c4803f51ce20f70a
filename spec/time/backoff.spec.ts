import { expect } from 'chai';
import { backoffBound, checkBackoff, fullJitter, parseRetryAfter } from '../../lib/time/backoff.ts';

const now = Date.UTC(2026, 0, 1, 12, 0, 0);

describe('backoffBound', () => {
  it('doubles the first delay with each failure, up to the maximum', () => {
    expect([0, 1, 2, 3, 4, 5000].map((failures) => backoffBound(failures, 100, 1000))).to.deep.equal([
      100, 200, 400, 800, 1000, 1000,
    ]);
  });
});

describe('fullJitter', () => {
  it('returns whole numbers from 0 to the bound', () => {
    for (let n = 0; n < 100; n++) {
      const wait = fullJitter(10);
      expect(Number.isInteger(wait)).to.equal(true);
      expect(wait).to.be.within(0, 10);
    }
  });
});

describe('checkBackoff', () => {
  const valid = { initialDelay: 1, maxDelay: 1, maxAttempts: 0, resetAfter: 0 };

  it('accepts the least values', () => checkBackoff('f: ', valid));

  const refused: readonly (readonly [options: object, message: string])[] = [
    [{ initialDelay: 0 }, 'f: initialDelay must be above 0 ms, got 0'],
    [{ initialDelay: 2 }, 'f: maxDelay must be from 2 to 2147483647 ms, got 1'],
    [{ maxDelay: Infinity }, 'f: maxDelay must be from 1 to 2147483647 ms, got Infinity'],
    [{ maxAttempts: -1 }, 'f: maxAttempts must be at least 0, got -1'],
    [{ resetAfter: -1 }, 'f: resetAfter must be at least 0 ms, got -1'],
  ];
  for (const [options, message] of refused) {
    it(`throws a RangeError: ${message}`, () => {
      expect(() => checkBackoff('f: ', { ...valid, ...options })).to.throw(RangeError, new RegExp(`^${message}$`));
    });
  }

  it('throws a TypeError for a value of another type', () => {
    const text = { ...valid, initialDelay: '1' as never };
    expect(() => checkBackoff('f: ', text)).to.throw(
      TypeError,
      /^f: initialDelay must be a number of milliseconds, got string$/,
    );
  });
});

describe('parseRetryAfter', () => {
  const values: readonly (readonly [value: string | null, wait: number | undefined])[] = [
    [null, undefined],
    ['', undefined],
    ['0', 0],
    ['120', 120_000],
    [' 120 ', 120_000],
    ['1.5', undefined],
    ['-1', undefined],
    ['0x10', undefined],
    ['1e3', undefined],
    ['2030', 2_030_000],
    ['soon', undefined],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['Thursday, 01-Jan-26 12:00:30 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['Thu Jan  1 12:00:30 2026', 30_000],
    ['Thu, 01 Jan 2026 12:00:30', undefined],
    ['Thu, 01 Jan 2026 12:00:30 +0100', undefined],
    ['Thu, 01 Foo 2026 12:00:30 GMT', undefined],
    ['Mon, 30 Feb 2026 12:00:30 GMT', undefined],
    ['Thu, 01 Jan 2026 25:00:00 GMT', undefined],
    ['Thu, 01 Jan 2026 12:60:00 GMT', undefined],
    ['2026-01-01T12:00:30Z', undefined],
  ];
  for (const [value, wait] of values) {
    it(`reads ${JSON.stringify(value)} as ${wait === undefined ? 'no wait' : `${wait} ms`}`, () => {
      expect(parseRetryAfter(value, now)).to.equal(wait);
    });
  }
});
