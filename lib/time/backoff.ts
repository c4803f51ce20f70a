import { checkFunction, checkNumber, maxTimerDelay } from '../data/check.ts';
import { randomFraction } from './clock.ts';

/**
 * How long to wait before each new attempt.
 *
 * The wait is a random time up to a bound that doubles with each failure in a row (full jitter), so that clients that
 * failed together do not come back together.
 *
 * @category time
 */
export interface BackoffOptions {
  /** The longest wait before the first new attempt, in milliseconds; it doubles with each failure in a row. Above 0. @default 1000 */
  readonly initialDelay?: number;
  /** The longest wait of all, in milliseconds. At least `initialDelay`, at most 2147483647. @default 30000 */
  readonly maxDelay?: number;
  /** Failures in a row that are followed by another attempt; 0 passes the first failure on. @default Infinity */
  readonly maxAttempts?: number;
  /**
   * An attempt that lasted this long, in milliseconds, was stable: the failure after it counts as the first one. With 0
   * every attempt is stable, with `Infinity` none.
   *
   * @default 60000
   */
  readonly resetAfter?: number;
  /** Called for each failure that is followed by another attempt, with the wait in milliseconds. @default not called */
  readonly onFailure?: (error: unknown, wait: number) => void;
}

/**
 * Checks the options of a backoff.
 *
 * @throws TypeError for a wrong type, RangeError for a number out of range.
 * @internal
 */
export function checkBackoff(
  at: string,
  { initialDelay, maxDelay, maxAttempts, resetAfter }: Required<Omit<BackoffOptions, 'onFailure'>>,
  onFailure?: unknown,
): void {
  checkNumber(`${at}initialDelay`, initialDelay, { above: 0, unit: 'ms' });
  checkNumber(`${at}maxDelay`, maxDelay, { min: initialDelay, max: maxTimerDelay, unit: 'ms' });
  checkNumber(`${at}maxAttempts`, maxAttempts, { min: 0 });
  checkNumber(`${at}resetAfter`, resetAfter, { min: 0, unit: 'ms' });
  if (onFailure !== undefined) checkFunction(`${at}onFailure`, onFailure);
}

/** Returns the bound of the wait after so many failures in a row, counted from 0, in milliseconds. @internal */
export function backoffBound(failures: number, initialDelay: number, maxDelay: number): number {
  return Math.min(maxDelay, initialDelay * 2 ** failures);
}

/** Returns a random whole number of milliseconds up to a bound. @internal */
export function fullJitter(bound: number): number {
  return Math.ceil(randomFraction() * bound);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The three forms of a date in HTTP: IMF-fixdate, RFC 850, asctime. */
const dateForms = [
  /^\w{3}, (?<day>\d\d) (?<month>\w{3}) (?<year>\d{4}) (?<time>[\d:]{8}) GMT$/,
  /^\w{6,9}, (?<day>\d\d)-(?<month>\w{3})-(?<year>\d\d) (?<time>[\d:]{8}) GMT$/,
  /^\w{3} (?<month>\w{3}) (?<day>[ \d]\d) (?<time>[\d:]{8}) (?<year>\d{4})$/,
];

/** A time of day, with the leap second that HTTP allows. */
const timeOfDay = /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)$/;

/**
 * Reads the header `Retry-After`: a number of seconds, or a date in one of the three forms of HTTP, which are always in
 * GMT. Any other text, `1.5` for example, asks for no wait.
 *
 * @returns the wait in milliseconds, 0 for a date that has passed; `undefined` where none is asked for
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 * @internal
 */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = parseHttpDate(text, now);
  return date === undefined ? undefined : Math.max(date - now, 0);
}

function parseHttpDate(text: string, now: number): number | undefined {
  const { day, month = '', year, time = '' } = dateForms.map((form) => form.exec(text)?.groups).find(Boolean) ?? {};
  const index = months.indexOf(month);
  if (index < 0 || !timeOfDay.test(time)) return undefined;
  let fullYear = Number(year);
  if (year?.length === 2) {
    // A year of two digits that is more than 50 years ahead is in the past century.
    const thisYear = new Date(now).getUTCFullYear();
    fullYear += thisYear - (thisYear % 100);
    if (fullYear > thisYear + 50) fullYear -= 100;
  }
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  const date = Date.UTC(fullYear, index, Number(day), hours, minutes, seconds);
  // A day that the month does not have, such as February 30, comes out as another one.
  return new Date(Date.UTC(fullYear, index, Number(day))).getUTCDate() === Number(day) ? date : undefined;
}
