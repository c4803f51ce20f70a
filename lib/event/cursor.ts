import * as E from 'fp-ts/lib/Either.js';
import { clock } from '../time/clock.ts';

/**
 * A position in a log: the events of one epoch are numbered from 1 without a hole, and 0 is the position before the
 * first.
 *
 * @category event
 */
export interface Position {
  /** Names one unbroken numbering. Unguessable. */
  readonly epoch: string;
  readonly sequence: number;
}

/** A position read from a cursor. @category event */
export interface ParsedCursor extends Position {
  /** True when the stream ended at this position; nothing follows. */
  readonly end: boolean;
}

const cursorPattern = /^1\.([A-Za-z0-9_-]{1,32})\.(0|[1-9][0-9]{0,15})(~?)$/;

/** Longer text is rejected unread: 2 + 32 + 1 + 16 + 1. */
const maxCursorLength = 52;

/**
 * Returns the cursor of a position: the text sent as `id:`, `Last-Event-ID` and `lastEventId`. It is opaque to others,
 * and ASCII that a header and a URL carry unchanged (RFC 3986 unreserved characters only).
 */
export function cursorOf(epoch: string, sequence: number): string {
  return `1.${epoch}.${sequence}`;
}

/** Returns the text that the cursors of an epoch start with, before the sequence. */
export function cursorPrefix(epoch: string): string {
  return `1.${epoch}.`;
}

/** Returns the cursor of the end of a stream whose last event has this sequence. */
export function endCursorOf(epoch: string, sequence: number): string {
  return `1.${epoch}.${sequence}~`;
}

/**
 * Parses a cursor from outside.
 *
 * Text of any length that is not a cursor is a `Left`, never an exception; the reason can be shown and does not repeat
 * the text.
 */
export function parseCursor(text: string): E.Either<string, ParsedCursor> {
  if (text.length > maxCursorLength)
    return E.left(`a cursor has at most ${maxCursorLength} characters, got ${text.length}`);
  const match = cursorPattern.exec(text);
  if (match === null) return E.left('not a cursor of this library');
  const [, epoch = '', digits = '', end] = match;
  const sequence = Number(digits);
  if (!Number.isSafeInteger(sequence)) return E.left('the sequence of the cursor is too large');
  return E.right({ epoch, sequence, end: end === '~' });
}

/**
 * Returns a fresh epoch: 96 unguessable bits as 16 characters that a URL carries as they are, or, after a prefix that is
 * unguessable itself, 48 bits as 8 characters.
 */
export function freshEpoch(prefix = ''): string {
  let bits = '';
  for (const byte of clock.random(prefix === '' ? 12 : 6)) bits += String.fromCharCode(byte);
  return prefix + btoa(bits).replaceAll('+', '-').replaceAll('/', '_');
}
