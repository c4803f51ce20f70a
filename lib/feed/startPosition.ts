import { isLeft } from 'fp-ts/lib/Either.js';
import { type ParsedCursor, type Position, parseCursor } from '../event/Cursor.ts';
import type { GapReason } from '../event/Gap.ts';
import type { LogState } from '../log/EventLog.ts';

/** Where a reader goes on that cannot have exactly what it missed. @category feed */
export type GapPolicy = 'replay' | 'skip' | 'end';

/** Where reading a feed outside a route starts. @category feed */
export interface FromOptions {
  /** At the tail, at the oldest event that the log still has, or after a cursor. @default 'live' */
  readonly from?: 'live' | 'oldest' | (string & {});
}

/** How readers are placed. @category feed */
export interface StartOptions {
  /**
   * Where a reader without a cursor begins: at the tail, with all that is kept, or after a cursor.
   * `undefined`: at the tail, and with all that is kept where the log has ended.
   */
  readonly from: 'live' | 'oldest' | (string & {}) | undefined;
  /** Where one goes on whose cursor cannot be served. `undefined`: as the reason has it. */
  readonly gapPolicy: GapPolicy | undefined;
}

/** What a reader gets. */
export interface StartPosition {
  /** The sequence after which it reads on. */
  readonly after: number;
  readonly how: 'live' | 'exact' | GapReason;
  /** The cursor it came with, where it was one. */
  readonly requested: string | null;
  /** Nothing follows: it is told of the gap, and of the end. */
  readonly ends: boolean;
}

/**
 * Finds the place of a reader in a log: exactly after its cursor, or, where
 * that cannot be, a place that is said to be another one.
 */
export function startPosition(
  requested: string | undefined,
  { from, gapPolicy }: StartOptions,
  state: LogState,
): StartPosition {
  const asked = requested ?? (from === 'live' || from === 'oldest' ? undefined : from);
  if (asked === undefined) {
    return { after: from === 'oldest' ? state.floor : state.tail, how: 'live', requested: null, ends: false };
  }

  const parsed = parseCursor(asked);
  if (isLeft(parsed)) {
    // Garbage begins where a reader without a cursor does; where that is garbage itself, at the tail.
    const start =
      requested === undefined || gapPolicy !== undefined
        ? undefined
        : startPosition(undefined, { from, gapPolicy }, state);
    return start === undefined ? elsewhere('invalid', null) : { ...start, how: 'invalid', requested: null };
  }
  const reason = unserved(parsed.right, state);
  return reason === undefined
    ? { after: parsed.right.sequence, how: 'exact', requested: asked, ends: false }
    : elsewhere(reason, asked);

  function elsewhere(reason: GapReason, cursor: string | null): StartPosition {
    const to = gapPolicy ?? (reason === 'future' || reason === 'invalid' ? 'skip' : 'replay');
    const after = to === 'replay' ? state.floor : state.tail;
    return { after, how: reason, requested: cursor, ends: to === 'end' };
  }
}

/** Why a position cannot be read on from, or `undefined` when it can. */
export function unserved({ epoch, sequence }: Position | ParsedCursor, state: LogState): GapReason | undefined {
  const last = epoch === state.epoch ? state.tail : state.past.find((past) => past.epoch === epoch)?.last;
  if (last === undefined) return 'epoch';
  // What an old epoch had beyond its last sequence was lost with it.
  if (sequence > last) return epoch === state.epoch ? 'future' : 'epoch';
  return sequence < state.floor ? 'trimmed' : undefined;
}
