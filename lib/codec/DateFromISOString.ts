import type * as t from 'io-ts';
import { typed } from './exact/ExactCodec.ts';
import { textLeaf } from './exact/leaf.ts';

const isoPattern = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** The pattern of a schema, which has to exclude hour 24 and second 60; `format` excludes days that a month does not have. */
const schemaPattern =
  '^\\d{4}-\\d\\d-\\d\\d[Tt]([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?([Zz]|[+-]([01]\\d|2[0-3]):[0-5]\\d)$';

/**
 * An instant: a `Date` in the program, RFC 3339 text on the wire.
 *
 * It reads any RFC 3339 date-time, which always has a zone; digits beyond milliseconds are dropped. It writes UTC with
 * `Z`. It rejects a day that the month does not have, hour 24, an invalid `Date`, years outside 0000–9999, and second
 * 60, which the RFC allows at a leap second and no `Date` can represent.
 *
 * It is stricter than the codec of the same name in io-ts-types, which accepts whatever `Date` parses, local times
 * included.
 *
 * @example Record when something happened
 * const Opened = event('door.opened', { at: DateFromISOString });
 * const opened = Opened({ at: new Date() });
 *
 * @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 * @category event
 */
export const DateFromISOString: t.Type<Date, string, unknown> = typed(
  textLeaf(
    'DateFromISOString',
    'a date and time with an offset, such as 2026-01-31T12:00:00Z',
    isDateTime,
    parse,
    (date) => date.toISOString(),
    { keywords: { format: 'date-time', pattern: schemaPattern, examples: ['2026-01-31T12:00:00.000Z'] } },
  ),
);

function isDateTime(value: unknown): value is Date {
  // Not `instanceof`: a date may come from another realm, of a frame or a test.
  if (Object.prototype.toString.call(value) !== '[object Date]') return false;
  try {
    return inRange(Date.prototype.getTime.call(value));
  } catch {
    return false; // Another object with the tag of a date.
  }
}

const first = Date.parse('0000-01-01T00:00:00.000Z');
const last = Date.parse('9999-12-31T23:59:59.999Z');

/** Returns true for a year of four digits, as RFC 3339 requires. */
function inRange(time: number): boolean {
  return time >= first && time <= last;
}

function parse(text: string): Date | undefined {
  const match = isoPattern.exec(text);
  if (match === null) return undefined;
  const [, , , , , , , fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = match;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;

  const local = new Date(0);
  // Not `Date.UTC`, which maps the years 0 to 99 to 1900 to 1999.
  local.setUTCFullYear(year, month - 1, day);
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined;
  local.setUTCHours(hour, minute, second, Number(fraction.slice(0, 3).padEnd(3, '0')));

  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  const date = new Date(local.getTime() + (sign === '+' ? -offset : offset));
  return inRange(date.getTime()) ? date : undefined;
}
