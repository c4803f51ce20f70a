import { isLeft } from 'fp-ts/lib/Either.js';
import { type ParsedCursor, type Position, parseCursor } from '../event/cursor.ts';
import type { GapReason } from '../event/Gap.ts';
import type { LogState } from '../log/EventLog.ts';

/**
 * Chooses what a reader gets that cannot have exactly what it missed: `replay` everything the log still has, `skip` only
 * what follows the tail, `end` nothing.
 *
 * @category feed
 */
export type GapPolicy = 'replay' | 'skip' | 'end';

/** Where reading a feed outside a route starts. @category feed */
export interface FromOptions {
  /** At the tail, at the oldest event that the log still has, or after a cursor. @default 'live' */
  readonly from?: 'live' | 'oldest' | (string & {});
}

/** How the start position of a reader is chosen. */
export interface StartOptions {
  /** Where a reader without a cursor starts. @default 'live', or 'oldest' where the log has ended */
  readonly from: FromOptions['from'];
  /** Where a reader continues whose cursor cannot be served. @default depends on the reason */
  readonly gapPolicy: GapPolicy | undefined;
}

/** Where a reader starts, and why. */
export interface StartPosition {
  /** The sequence after which it reads. */
  readonly afterSequence: number;
  readonly reason: 'live' | 'exact' | GapReason;
  /** The cursor that the reader sent; `null` where it sent none, or text that is not a cursor. */
  readonly requestedCursor: string | null;
  /** True where nothing follows: the reader gets the gap and the end. */
  readonly ends: boolean;
}

/**
 * Returns the start position of a reader: exactly after its cursor, or, where that is not possible, another position
 * together with the reason.
 */
export function startPosition(
  requestedCursor: string | undefined,
  options: StartOptions,
  state: LogState,
): StartPosition {
  const { from = state.ended === false ? 'live' : 'oldest', gapPolicy } = options;
  const cursor = requestedCursor ?? (from === 'live' || from === 'oldest' ? undefined : from);
  if (cursor === undefined) {
    const afterSequence = from === 'oldest' ? state.floor : state.tail;
    return { afterSequence, reason: 'live', requestedCursor: null, ends: false };
  }

  const parsed = parseCursor(cursor);
  if (isLeft(parsed)) {
    // Text that is not a cursor starts where a reader without one does; where `from` is such text, at the tail.
    if (requestedCursor === undefined || gapPolicy !== undefined) return afterGap('invalid', null);
    return { ...startPosition(undefined, options, state), reason: 'invalid', requestedCursor: null };
  }
  const reason = gapReason(parsed.right, state);
  return reason === undefined
    ? { afterSequence: parsed.right.sequence, reason: 'exact', requestedCursor: cursor, ends: false }
    : afterGap(reason, cursor);

  function afterGap(gap: GapReason, validCursor: string | null): StartPosition {
    const policy = gapPolicy ?? (gap === 'future' || gap === 'invalid' ? 'skip' : 'replay');
    const afterSequence = policy === 'replay' ? state.floor : state.tail;
    return { afterSequence, reason: gap, requestedCursor: validCursor, ends: policy === 'end' };
  }
}

/** Returns why a log cannot continue after a position, or `undefined` when it can. */
export function gapReason({ epoch, sequence }: Position | ParsedCursor, state: LogState): GapReason | undefined {
  const last = epoch === state.epoch ? state.tail : state.past.find((past) => past.epoch === epoch)?.last;
  if (last === undefined) return 'epoch';
  // What an earlier epoch had beyond its last sequence was lost with it.
  if (sequence > last) return epoch === state.epoch ? 'future' : 'epoch';
  return sequence < state.floor ? 'trimmed' : undefined;
}
