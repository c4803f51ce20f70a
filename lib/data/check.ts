import { kindOf } from './kindOf.ts';

/** The longest wait that a timer can hold, in milliseconds: Node turns a longer one into 1 ms. @internal */
export const maxTimerDelay = 2 ** 31 - 1;

/** The numbers that an option accepts. `Infinity` is accepted unless `max` excludes it. */
interface NumberRange {
  /** The number must be larger than this one. */
  readonly above?: number;
  readonly min?: number;
  readonly max?: number;
  /** Only whole numbers, and `Infinity` where there is no `max`. */
  readonly whole?: boolean;
  readonly unit?: string;
}

/**
 * Checks a number that an option was given.
 *
 * @param option the function and the option: `sse: heartbeat`
 * @param hint what to do instead, appended to the message: `use heartbeat: false to send none`
 * @throws TypeError for what is not a number, `'15000'` for example. RangeError for a number out of range.
 * @internal
 */
export function checkNumber(option: string, value: unknown, range: NumberRange, hint?: string): void {
  const isNumber = typeof value === 'number';
  if (isNumber && isIn(range, value)) return;
  const instead = hint === undefined ? '' : `; ${hint}`;
  const message = `${option} must be ${described(range)}, got ${isNumber ? value : kindOf(value)}${instead}`;
  throw isNumber ? new RangeError(message) : new TypeError(message);
}

/** Checks a wait or a duration: above 0 ms, or `Infinity`. @internal */
export function checkDuration(option: string, ms: unknown, hint?: string): void {
  checkNumber(option, ms, { above: 0, unit: 'ms' }, hint);
}

/** Checks a wait that has to fit into one timer: above 0 ms, at most 2147483647. @internal */
export function checkDelay(option: string, ms: unknown, hint?: string): void {
  checkNumber(option, ms, { above: 0, max: maxTimerDelay, unit: 'ms' }, hint);
}

/** Checks a bound on a count: a whole number from 1, or `Infinity`. @internal */
export function checkCount(option: string, count: unknown, hint?: string): void {
  checkNumber(option, count, { min: 1, whole: true }, hint);
}

/** Checks a function that an option was given. @throws TypeError for what is not a function. @internal */
export function checkFunction(option: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${option} must be a function, got ${kindOf(value)}`);
}

/** Checks that a value is one of some strings. @throws TypeError for another one. @internal */
export function checkOneOf(option: string, value: unknown, allowed: readonly string[], orElse = ''): void {
  if (typeof value === 'string' && allowed.includes(value)) return;
  const expected = allowed.map((one) => `'${one}'`).join(', ');
  throw new TypeError(
    `${option} must be one of ${expected}${orElse}, got ${typeof value === 'string' ? `'${value.slice(0, 40)}'` : kindOf(value)}`,
  );
}

function isIn({ above, min, max, whole }: NumberRange, value: number): boolean {
  if (Number.isNaN(value) || (above !== undefined && value <= above)) return false;
  if ((min !== undefined && value < min) || (max !== undefined && value > max)) return false;
  return !whole || Number.isInteger(value) || value === Infinity;
}

function described({ above, min, max, whole, unit }: NumberRange): string {
  const suffix = unit === undefined ? '' : ` ${unit}`;
  const kind = whole ? 'a whole number ' : '';
  if (above !== undefined) return `${kind}above ${above}${suffix}${max === undefined ? '' : ` and at most ${max}`}`;
  if (max !== undefined) return `${kind}from ${min} to ${max}${suffix}`;
  return whole ? `a whole number from ${min}, or Infinity` : `at least ${min}${suffix}`;
}
