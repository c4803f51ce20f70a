import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { isRight } from 'fp-ts/lib/Either.js';
import { DateFromISOString } from '../../lib/codec/DateFromISOString.ts';

function read(text: unknown): string | undefined {
  const decoded = DateFromISOString.decode(text);
  return isRight(decoded) ? decoded.right.toISOString() : undefined;
}

describe('DateFromISOString', () => {
  const valid: Record<string, string> = {
    '2026-05-01T12:00:00Z': '2026-05-01T12:00:00.000Z',
    '2026-05-01t12:00:00z': '2026-05-01T12:00:00.000Z',
    '2026-05-01T12:00:00+02:00': '2026-05-01T10:00:00.000Z',
    '2026-05-01T12:00:00-09:30': '2026-05-01T21:30:00.000Z',
    '2026-05-01T12:00:00-00:00': '2026-05-01T12:00:00.000Z',
    '2026-05-01T12:00:00.5Z': '2026-05-01T12:00:00.500Z',
    '2026-05-01T12:00:00.1239999999999999999Z': '2026-05-01T12:00:00.123Z',
    '2026-05-01T23:59:59.9999Z': '2026-05-01T23:59:59.999Z',
    '2024-02-29T00:00:00Z': '2024-02-29T00:00:00.000Z',
    '2000-02-29T00:00:00Z': '2000-02-29T00:00:00.000Z',
    '0000-01-01T00:00:00Z': '0000-01-01T00:00:00.000Z',
    '0099-12-31T00:00:00Z': '0099-12-31T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z': '9999-12-31T23:59:59.999Z',
    '1969-12-31T23:59:59.999Z': '1969-12-31T23:59:59.999Z',
    '2026-01-01T00:30:00+01:00': '2025-12-31T23:30:00.000Z',
  };
  for (const [text, utc] of Object.entries(valid)) it(`reads ${text}`, () => expect(read(text)).to.equal(utc));

  const invalid = [
    '2026-05-01T12:00:00',
    '2026-05-01T12:00:00 Z',
    '2026-05-01 12:00:00Z',
    '2026-05-01',
    '2026-05-01T12:00Z',
    '2026-05-01T12:00:00.Z',
    '2026-05-01T12:00:00,5Z',
    '2026-05-01T12:00:00+0200',
    '2026-05-01T12:00:00+02',
    '2026-05-01T12:00:00+24:00',
    '2026-05-01T12:00:00+02:60',
    '2023-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2016-12-31T23:59:60Z',
    '0000-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '+002026-01-01T00:00:00Z',
    '-2026-01-01T00:00:00Z',
    '26-01-01T00:00:00Z',
    ' 2026-05-01T12:00:00Z',
    '2026-05-01T12:00:00Z\n',
    '٢٠٢٦-05-01T12:00:00Z',
    'now',
    '',
  ];
  for (const text of invalid) it(`rejects ${JSON.stringify(text)}`, () => expect(read(text)).to.equal(undefined));

  it('rejects every value that is not a string', () => {
    for (const value of [0, null, undefined, new Date(0), {}, []]) expect(read(value)).to.equal(undefined);
  });

  it('writes UTC that it reads back, for every date in its range', () => {
    const date = fc.date({
      min: new Date('0000-01-01T00:00:00.000Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (value) => {
        expect(DateFromISOString.is(value)).to.equal(true);
        const text = DateFromISOString.encode(value);
        expect(text).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect(read(text)).to.equal(value.toISOString());
      }),
    );
  });

  it('returns the same instant as Date for texts that both accept', () => {
    const two = (most: number) => fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));
    const text = fc
      .tuple(
        fc.integer({ min: 1, max: 9998 }),
        two(13),
        two(32),
        two(23),
        two(59),
        two(59),
        fc.constantFrom('Z', '+01:30', '-11:00'),
      )
      .map(
        ([year, month, day, h, m, s, zone]) => `${String(year).padStart(4, '0')}-${month}-${day}T${h}:${m}:${s}${zone}`,
      );
    fc.assert(
      fc.property(text, (value) => {
        const read_ = read(value);
        const day = Number(value.slice(8, 10));
        // Date reads a 30th of February as a day of March.
        const rolls = day > 28 && new Date(`${value.slice(0, 10)}T00:00:00Z`).getUTCDate() !== day;
        const date = new Date(value);
        expect(read_).to.equal(rolls || Number.isNaN(date.getTime()) ? undefined : date.toISOString());
      }),
    );
  });

  it('accepts valid dates with a year of four digits, of any realm', () => {
    expect(DateFromISOString.is(new Date(0))).to.equal(true);
    expect(DateFromISOString.is(runInNewContext('new Date(0)'))).to.equal(true);
    expect(DateFromISOString.is(new Date(Number.NaN))).to.equal(false);
    expect(DateFromISOString.is(new Date('+010000-01-01T00:00:00Z'))).to.equal(false);
    expect(DateFromISOString.is(new Date('-000001-01-01T00:00:00Z'))).to.equal(false);
    for (const value of ['2026-05-01T12:00:00Z', 0, null, {}, { [Symbol.toStringTag]: 'Date' }]) {
      expect(DateFromISOString.is(value)).to.equal(false);
    }
  });
});
