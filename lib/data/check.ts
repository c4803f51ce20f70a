import { kindOf } from './kindOf.ts';

/** @throws TypeError for what is no function. @internal */
export function checkFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${what}: expected a function, got ${kindOf(value)}`);
}

/** @throws RangeError for what is no time to wait: above 0 ms, or `Infinity`. @internal */
export function checkWait(what: string, ms: number): void {
  checkAbove(what, ms, ' ms');
}

/** @throws RangeError for what is not above 0; a text is no number, though it may be compared with one. @internal */
export function checkAbove(what: string, value: number, unit = ''): void {
  if (!(typeof value === 'number' && value > 0)) {
    throw new RangeError(`${what} must be above 0${unit}, got ${shown(value)}`);
  }
}

/** @throws RangeError for what is not 0 or more. @internal */
export function checkFromZero(what: string, value: number, unit = ''): void {
  if (!(typeof value === 'number' && value >= 0)) {
    throw new RangeError(`${what} must be 0${unit} or more, got ${shown(value)}`);
  }
}

/** @throws RangeError for what is no number of things: a whole one from 1, or `Infinity`. @internal */
export function checkCount(what: string, count: number): void {
  if (!(count >= 1 && (Number.isInteger(count) || count === Infinity))) {
    throw new RangeError(`${what} must be a whole number from 1, or Infinity, got ${shown(count)}`);
  }
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : kindOf(value);
}
