import { checkNumber, maxTimerDelay } from '../data/check.ts';
import type { OptionKinds } from '../data/checkOptions.ts';
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

/** The kinds of these options. @internal */
export const backoffKinds: OptionKinds<BackoffOptions> = {
  initialDelay: '',
  maxDelay: '',
  maxAttempts: '',
  resetAfter: '',
  onFailure: 'function',
};

/**
 * Checks the options of a backoff, with their defaults filled in.
 *
 * @param prefix what precedes the name of an option in a message: `fromSse: backoff.`
 * @throws TypeError for a wrong type, RangeError for a number out of range.
 * @internal
 */
export function checkBackoff(
  prefix: string,
  { initialDelay, maxDelay, maxAttempts, resetAfter }: Required<Omit<BackoffOptions, 'onFailure'>>,
): void {
  checkNumber(`${prefix}initialDelay`, initialDelay, { above: 0, unit: 'ms' });
  checkNumber(`${prefix}maxDelay`, maxDelay, { min: initialDelay, max: maxTimerDelay, unit: 'ms' });
  checkNumber(`${prefix}maxAttempts`, maxAttempts, { min: 0 });
  checkNumber(`${prefix}resetAfter`, resetAfter, { min: 0, unit: 'ms' });
}

/** Returns the bound of the wait after so many failures in a row, counted from 0, in milliseconds. @internal */
export function backoffBound(failures: number, initialDelay: number, maxDelay: number): number {
  return Math.min(maxDelay, initialDelay * 2 ** failures);
}

/** Returns a random whole number of milliseconds up to a bound. @internal */
export function fullJitter(bound: number): number {
  return Math.ceil(randomFraction() * bound);
}

/** The three forms of a date in HTTP: IMF-fixdate, RFC 850, asctime. The seconds may be a leap second. */
const httpDate =
  /^\w{3,9},? (?:(\d\d)[ -](\w{3})[ -](\d{4}|\d\d)|(\w{3}) ([ \d]\d)) (\d\d:[0-5]\d):([0-5]\d|60) (?:GMT|(\d{4}))$/;

/**
 * Reads the header `Retry-After`: a number of seconds, or a date in one of the three forms of HTTP, which are always in
 * GMT. Any other text, `1.5` for example, requests no wait.
 *
 * @returns the wait in milliseconds, 0 for a date that has passed; `undefined` where the header requests none
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
  const match = httpDate.exec(text);
  if (match === null) return undefined;
  const [, , , , month = match[2], day = match[1], minute, second, year = match[3] ?? ''] = match;
  let fullYear = Number(year);
  if (year.length === 2) {
    // A year of two digits that is more than 50 years ahead is in the past century.
    const thisYear = new Date(now).getUTCFullYear();
    fullYear += thisYear - (thisYear % 100);
    if (fullYear > thisYear + 50) fullYear -= 100;
  }
  const date = new Date(`${day} ${month} ${fullYear} ${minute} GMT`);
  // A day that the month does not have, such as February 30, comes out as another one.
  return date.getUTCDate() === Number(day) ? date.getTime() + Number(second) * 1000 : undefined;
}
