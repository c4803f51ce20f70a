import { kindOf } from './kindOf.ts';

/** The longest delay of a timer, in milliseconds: Node turns a longer one into 1 ms. @internal */
export const maxTimerDelay = 2 ** 31 - 1;

/** The numbers that an option accepts. `Infinity` is accepted unless `max` excludes it, `NaN` never. */
interface NumberRange {
  /** The number must be larger than this one. */
  readonly above?: number;
  readonly min?: number;
  readonly max?: number;
  /** Only whole numbers, and `Infinity` where there is no `max`. */
  readonly whole?: boolean;
  readonly unit?: 'ms' | 'bytes' | 'byte';
}

/**
 * Checks a number that was passed as an option.
 *
 * ```text
 * sse: heartbeat must be above 0 ms, got 0; use heartbeat: false to send none
 * sse: maxAge must be a number of milliseconds, got string
 * ```
 *
 * @param option the function and the option: `sse: heartbeat`
 * @param hint what to do instead, appended to the message: `use heartbeat: false to send none`
 * @throws TypeError for a value of another type, such as `'15s'`. RangeError for a number out of range.
 * @internal
 */
export function checkNumber(option: string, value: unknown, range: NumberRange, hint?: string): void {
  if (typeof value !== 'number') throw new TypeError(messageOf(option, describeKind(range), kindOf(value), hint));
  if (!isIn(range, value)) throw new RangeError(messageOf(option, describeRange(range), String(value), hint));
}

/** Checks a duration: above 0 ms, or `Infinity`. @internal */
export function checkDuration(option: string, value: unknown, hint?: string): void {
  checkNumber(option, value, { above: 0, unit: 'ms' }, hint);
}

/** Checks a delay that has to fit into one timer: above 0 ms, at most 2147483647. @internal */
export function checkDelay(option: string, value: unknown, hint?: string): void {
  checkNumber(option, value, { above: 0, max: maxTimerDelay, unit: 'ms' }, hint);
}

/** Checks a bound on a count: a whole number from 1, or `Infinity`. @internal */
export function checkCount(option: string, value: unknown, hint?: string): void {
  checkNumber(option, value, { min: 1, whole: true }, hint);
}

/** Checks a bound on a size: at least 1 byte, or `Infinity`. @internal */
export function checkBytes(option: string, value: unknown): void {
  checkNumber(option, value, { min: 1, unit: 'byte' });
}

/** Checks a function. @throws TypeError for any other value. @internal */
export function checkFunction(option: string, value: unknown, hint?: string): void {
  if (typeof value !== 'function') throw new TypeError(messageOf(option, 'a function', kindOf(value), hint));
}

/** Checks a switch. @throws TypeError for any other value than `true` and `false`. @internal */
export function checkBoolean(option: string, value: unknown, hint?: string): void {
  if (typeof value !== 'boolean') throw new TypeError(messageOf(option, 'true or false', kindOf(value), hint));
}

/**
 * Checks that a value is one of some strings.
 *
 * @param orElse what the option accepts besides the strings: `a function`
 * @throws TypeError for any other value
 * @internal
 */
export function checkOneOf(option: string, value: unknown, allowed: readonly string[], orElse?: string): void {
  if (typeof value === 'string' && allowed.includes(value)) return;
  const expected = [...allowed.map((name) => `'${name}'`), ...(orElse === undefined ? [] : [orElse])];
  const actual = typeof value === 'string' ? `'${value.slice(0, 40)}'` : kindOf(value);
  throw new TypeError(messageOf(option, listOf(expected), actual));
}

function isIn({ above = -Infinity, min = -Infinity, max = Infinity, whole }: NumberRange, value: number): boolean {
  // Comparisons with NaN are false.
  const isInBounds = value > above && value >= min && value <= max;
  return isInBounds && (!whole || Number.isInteger(value) || value === Infinity);
}

function describeKind({ whole, unit }: NumberRange): string {
  const what = whole ? 'a whole number' : 'a number';
  return unit ? `${what} of ${unit === 'ms' ? 'milliseconds' : 'bytes'}` : what;
}

function describeRange({ above, min, max, whole, unit }: NumberRange): string {
  const suffix = unit === undefined ? '' : ` ${unit}`;
  const kind = whole ? 'a whole number ' : '';
  if (above !== undefined) return `${kind}above ${above}${suffix}${max === undefined ? '' : ` and at most ${max}`}`;
  if (max !== undefined) return `${kind}from ${min} to ${max}${suffix}`;
  return whole ? `a whole number from ${min}, or Infinity` : `at least ${min}${suffix}`;
}

function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function messageOf(option: string, expected: string, actual: string, hint?: string): string {
  return `${option} must be ${expected}, got ${actual}${hint === undefined ? '' : `; ${hint}`}`;
}
