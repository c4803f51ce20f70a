import { checkNumber, maxTimerDelay } from '../data/check.ts';
import { kindOf } from '../data/kindOf.ts';
import { libraryName } from './reservedName.ts';
import { fitsIn, maxIdBytes } from './utf8.ts';

/** Checks text that is sent as one line. @internal */
export function checkLine(where: string, line: unknown): void {
  if (typeof line !== 'string') throw new TypeError(`${where} must be a string, got ${kindOf(line)}`);
  const found = unsendable(line);
  if (found !== undefined) throw new TypeError(`${where} must not contain ${found}; remove or escape it`);
}

/** Checks an id: one line, of a length that a reader can send back. @internal */
export function checkId(where: string, id: unknown): void {
  checkLine(where, id);
  if (fitsIn(maxIdBytes, id as string)) return;
  throw new RangeError(`${where} must have at most ${maxIdBytes} bytes, got more; a reader sends it back in a header`);
}

/** Checks the name of an event. It may be one that only an EventSource reserves, for clients that are none. @internal */
export function checkEventName(where: string, name: unknown): void {
  checkLine(where, name);
  // The parser reads an empty name as none, so the event would come back without it.
  if (name === '') throw new TypeError(`${where} must not be empty; leave it out, or name the event`);
  const reason = libraryName(name as string);
  if (reason !== undefined) throw new TypeError(`${where} ${name} ${reason}; use another name`);
}

/** Checks a wait before a reconnect. @internal */
export function checkRetry(where: string, ms: unknown): void {
  checkNumber(where, ms, { min: 0, max: maxTimerDelay, whole: true, unit: 'ms' });
}

function unsendable(line: string): string | undefined {
  if (line.includes('\n')) return 'a line feed (LF)';
  if (line.includes('\r')) return 'a carriage return (CR)';
  if (line.includes('\0')) return 'a NUL character';
  return line.isWellFormed() ? undefined : 'half of a surrogate pair, which UTF-8 has no bytes for';
}
