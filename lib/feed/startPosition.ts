import { isLeft } from 'fp-ts/lib/Either.js';
import { kindOf } from '../data/kindOf.ts';
import { type ParsedCursor, type Position, parseCursor } from '../event/cursor.ts';
import type { Gap, GapReason } from '../event/Gap.ts';
import type { LogState } from '../log/EventLog.ts';

/**
 * Chooses what a reader gets that cannot have exactly what it missed: `replay` everything the log still has, `skip` only
 * what follows the tail, `end` nothing.
 *
 * @category feed
 */
export type GapPolicy = 'replay' | 'skip' | 'end';

/** A start position: the tail, the oldest event that the log still has, or a cursor. @category feed */
export type From = 'live' | 'oldest' | (string & {});

/** The gap of a reader that gets a snapshot: its reason, and the cursor that the reader sent. @category feed */
export type SnapshotGap = Pick<Gap['data'], 'reason' | 'requested'>;

/** How the start position of a reader is chosen. */
export interface StartOptions {
  /** Where a reader without a cursor starts. @default the snapshot, if there is one; 'live', or 'oldest' where the log has ended */
  readonly from: string | undefined;
  /** Where a reader continues whose cursor cannot be served. @default the snapshot, if there is one; depends on the reason */
  readonly gapPolicy: GapPolicy | undefined;
  /** Takes the snapshot of the reader: of one that misses something, or, without an argument, of one that comes first. */
  readonly snapshot?: ((gap: SnapshotGap | undefined) => unknown) | undefined;
}

/** Where a reader starts, and why. */
export interface StartPosition {
  /** The events of the snapshot that precede what follows the position. */
  readonly snapshot?: readonly unknown[] | undefined;
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
    const start = liveAt(from === 'oldest' ? state.floor : state.tail);
    // It requested everything, and the first events are not stored any more.
    return from === 'oldest' && state.floor > 0 ? { ...start, reason: 'trimmed' } : start;
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
    const afterSequence = sequenceAfterGap(gap, gapPolicy, state.floor, state.tail);
    return { afterSequence, reason: gap, requestedCursor: validCursor, ends: gapPolicy === 'end' };
  }
}

function liveAt(afterSequence: number): StartPosition {
  return { afterSequence, reason: 'live', requestedCursor: null, ends: false };
}

/** Returns true for a reader that misses nothing. */
export function isServed(reason: StartPosition['reason']): reason is 'live' | 'exact' {
  return reason === 'live' || reason === 'exact';
}

/** Returns true for a start position that a snapshot precedes: there is one, and no other option decides. */
export function needsSnapshot({ reason }: StartPosition, { from, snapshot, gapPolicy }: StartOptions): boolean {
  if (snapshot === undefined || reason === 'exact') return false;
  return (reason === 'live' ? from : gapPolicy) === undefined;
}

/** Checks a start position that was given as a value. */
export function checkFrom(from: unknown): string | undefined {
  if (from === undefined || typeof from === 'string') return from;
  throw new TypeError(`from must be 'live', 'oldest' or a cursor, got ${kindOf(from)}; state is given as snapshot`);
}

/** Returns the sequence after which a reader continues that cannot have what it missed. */
export function sequenceAfterGap(
  reason: GapReason,
  gapPolicy: StartOptions['gapPolicy'],
  floor: number,
  tail: number,
): number {
  const policy = gapPolicy ?? (reason === 'future' || reason === 'invalid' ? 'skip' : 'replay');
  return policy === 'replay' ? floor : tail;
}

/** Returns why a log cannot continue after a position, or `undefined` when it can. */
export function gapReason({ epoch, sequence }: Position | ParsedCursor, state: LogState): GapReason | undefined {
  const last = epoch === state.epoch ? state.tail : state.past.find((past) => past.epoch === epoch)?.last;
  if (last === undefined) return 'epoch';
  // What an earlier epoch had beyond its last sequence was lost with it.
  if (sequence > last) return epoch === state.epoch ? 'future' : 'epoch';
  return sequence < state.floor ? 'trimmed' : undefined;
}
