import { kindOf } from '../event/kindOf.ts';

/** @throws TypeError for what is no function. @internal */
export function checkFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${what}: expected a function, got ${kindOf(value)}`);
}

/** @throws RangeError for what is no time to wait: above 0 ms, or `Infinity`. @internal */
export function checkWait(what: string, ms: number): void {
  if (!(ms > 0)) throw new RangeError(`${what} must be above 0 ms, got ${ms}`);
}

/** @throws RangeError for what is no number of things: a whole one from 1, or `Infinity`. @internal */
export function checkCount(what: string, count: number): void {
  if (!(count >= 1 && (Number.isInteger(count) || count === Infinity))) {
    throw new RangeError(`${what} must be a whole number from 1, or Infinity, got ${count}`);
  }
}
