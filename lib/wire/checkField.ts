import { maxTimerDelay } from '../data/check.ts';
import { reservedName } from '../error/ReservedName.ts';

/** Text of one line that is sent as it is, or nothing. @internal */
export function checkLine(where: string, line: unknown): void {
  if (typeof line !== 'string') throw new TypeError(`${where} must be a string, got ${kindOf(line)}`);
  const found = unsendable(line);
  if (found !== undefined) throw new TypeError(`${where} cannot hold ${found}: take it out or escape it`);
}

/** A name that a user may give to an event. @internal */
export function checkEventName(where: string, name: unknown): void {
  checkLine(where, name);
  // The parser takes an empty name for none at all, so that it would not come back.
  if (name === '') throw new TypeError(`${where} is empty: leave it out, or give a name`);
  const reason = reservedName(name as string);
  if (reason !== undefined) throw new TypeError(`${where} ${reason}; give another name`);
}

/** A wait that a reader can be asked for. @internal */
export function checkRetry(where: string, ms: unknown): void {
  const expected = `${where} must be a whole number of milliseconds from 0 to ${maxTimerDelay}`;
  if (typeof ms !== 'number') throw new TypeError(`${expected}, got ${kindOf(ms)}`);
  if (!Number.isInteger(ms)) throw new RangeError(`${expected}, got ${Number.isFinite(ms) ? 'a fraction' : ms}`);
  if (ms < 0) throw new RangeError(`${expected}, got a negative one`);
  if (ms > maxTimerDelay) throw new RangeError(`${expected}, got a larger one`);
}

/** The kind of a value, for messages that must not show the value. @internal */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'bigint') return 'a BigInt';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function unsendable(line: string): string | undefined {
  if (line.includes('\n')) return 'a line feed (LF)';
  if (line.includes('\r')) return 'a carriage return (CR)';
  if (line.includes('\0')) return 'a NUL character';
  return line.isWellFormed() ? undefined : 'half of a surrogate pair, which UTF-8 has no bytes for';
}
