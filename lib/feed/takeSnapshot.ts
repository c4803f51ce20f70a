import { isLeft } from 'fp-ts/lib/Either.js';
import { callGuarded, whenResolved } from '../data/callUser.ts';
import { kindOf } from '../data/kindOf.ts';
import { StorageError } from '../error/StorageError.ts';
import { cursorOf, type Position, parseCursor } from '../event/cursor.ts';
import type { LogState } from '../log/EventLog.ts';
import type { Reader } from './Reader.ts';
import type { ReaderSet } from './ReaderSet.ts';
import { type From, gapReason, type SnapshotGap, type StartOptions } from './startPosition.ts';

/**
 * The current state as events, for a reader that gets what follows after them: an array, which includes at least what the
 * log had when the function was called, or together with the cursor of the last event that it includes.
 *
 * @category feed
 */
export type Snapshot<E> = readonly E[] | { readonly events: readonly E[]; readonly cursor: string };

/** Where reading a feed starts. @category feed */
export interface ReadOptions<E = never> {
  /**
   * The tail, the oldest event that the log still has, or a cursor.
   *
   * @default the snapshot, if there is one; otherwise 'live' outside a route, and what the route says inside of one
   */
  readonly from?: From;
  /**
   * Returns the current state as events, which come before what follows: for a reader without a cursor, unless there is
   * `from`, and after the gap for one that misses something, unless the route has a `gapPolicy`. It is called as
   * `resume.snapshot` of a route, with the same promises.
   *
   * @default none
   */
  readonly snapshot?: (gap: SnapshotGap | undefined) => Snapshot<E> | Promise<Snapshot<E>>;
}

/** A snapshot that was taken, and the position of what follows it. */
interface TakenSnapshot {
  readonly events: readonly unknown[];
  readonly afterSequence: number;
}

/** An epoch that no log has. */
const unknownEpoch = '-';

/** Called with a snapshot, and the state of the log after it was taken. */
export type OnSnapshot = (taken: TakenSnapshot, now: LogState) => void;

/**
 * Takes the snapshot of a reader, moves the reader to its position and calls back, while the reader is connected. One
 * whose position the log does not have any more when it is there is taken again, once.
 *
 * @param before the state of the log, read before: the snapshot includes at least its entries
 */
export function takeSnapshot(
  readers: ReaderSet,
  reader: Reader,
  before: LogState,
  take: StartOptions['snapshot'],
  gap: SnapshotGap | undefined,
  use: OnSnapshot,
  isRepeated = false,
): void {
  const fail = (error: unknown): void => {
    if (reader.readerSet !== undefined) reader.target.fail(error);
  };
  const onResult = (result: unknown, now: LogState): void => {
    const taken = snapshotAt(result, before, now);
    if (taken === undefined && isRepeated) throw outdated();
    if (taken === undefined) return takeSnapshot(readers, reader, now, take, gap, use, true);
    reader.epoch = now.epoch;
    reader.afterSequence = taken.afterSequence;
    use(taken, now);
  };
  callGuarded(fail, () =>
    whenResolved(take?.(gap), fail, (result) => {
      if (reader.readerSet !== undefined) readers.readState(reader, (now) => onResult(result, now));
    }),
  );
}

/** Returns what a function has returned, with its position; `undefined` where the log has removed entries after that. */
function snapshotAt(result: unknown, before: LogState, now: LogState): TakenSnapshot | undefined {
  const { events, cursor } = partsOf(result);
  const parsed = parseCursor(cursor ?? cursorOf(before.epoch, before.tail));
  const reason = isLeft(parsed) ? 'invalid' : gapReason(parsed.right, now);
  const isOutdated = reason === 'trimmed' || (cursor === undefined && reason !== undefined);
  if (isOutdated) return undefined;
  if (isLeft(parsed) || reason === 'epoch') {
    throw new TypeError(`snapshot: the cursor must be a position in this feed, got ${cursor}`);
  }
  if (reason === 'future') {
    throw new RangeError(
      `snapshot: the cursor is beyond the last event of the feed; return that of the last event that it includes, got ${cursor}`,
    );
  }
  return { events, afterSequence: parsed.right.sequence };
}

function outdated(): StorageError {
  return new StorageError(
    'take a snapshot',
    'the log removed entries after its position before they could be sent',
    'retain more, or return a newer snapshot',
  );
}

/**
 * Returns a position that cannot be served: a reader that is cut within a snapshot gets it again.
 *
 * Sequence 0 must not be resumable. While nothing is trimmed it would be, so another epoch is used then.
 */
export function unservableIn({ floor, epoch }: LogState): Position {
  return { epoch: floor > 0 ? epoch : unknownEpoch, sequence: 0 };
}

function partsOf(result: unknown): { readonly events: readonly unknown[]; readonly cursor: string | undefined } {
  if (Array.isArray(result)) return { events: result, cursor: undefined };
  const { events, cursor } = (result ?? {}) as { readonly events?: unknown; readonly cursor?: unknown };
  if (Array.isArray(events) && typeof cursor === 'string') return { events, cursor };
  throw new TypeError(`snapshot: expected an array of events or { events, cursor }, got ${kindOf(result)}`);
}
