import type { GapReason } from '../event/Gap.ts';
import type { EventLog } from '../log/EventLog.ts';

/** The state of things in events, and the position that it is the state at. @category sink */
export interface SnapshotResult<E> {
  readonly events: readonly E[];
  /** The cursor of the last event that the snapshot has in it; the stream goes on after it. */
  readonly cursor: string;
}

/** Makes a snapshot for a reader that cannot have what it missed. @category sink */
export type Snapshot<E> = (gap: {
  readonly reason: GapReason;
  readonly requested: string | null;
}) => SnapshotResult<E> | Promise<SnapshotResult<E>>;

/** How a route places its readers, and how it remembers streams of their own. @category sink */
export interface ResumeOptions<E, Context> {
  /**
   * Where a reader without a cursor begins: at the tail, with all that is kept,
   * or after a cursor.
   *
   * @default 'live' for a running feed, 'oldest' for one that has ended and for a run
   */
  readonly from?: 'live' | 'oldest' | (string & {});
  /**
   * Where a reader goes on that cannot have exactly what it missed, after it was
   * told so by a gap: with all that is kept, at the tail, nowhere, or with a
   * snapshot of the state of things (for routes that mount the feed itself).
   *
   * @default 'oldest' where it was trimmed or is of another epoch, the route's start for garbage, 'live' for a cursor from the future
   */
  readonly gapPolicy?: 'replay' | 'skip' | 'end' | Snapshot<E>;
  /**
   * How long a stream of one request goes on without its reader, in
   * milliseconds. 0 leaves it in the same turn, `Infinity` when room is needed.
   *
   * @default 30000
   */
  readonly linger?: number;
  /**
   * Whose stream it is, compared by `Object.is` when a reader comes back: that
   * of another is as unknown as none.
   *
   * @default everybody's who has the cursor, which nobody can guess
   */
  readonly owner?: (context: Context) => unknown;
  /** Makes the log of one stream; it has to be in memory. @default memoryLog with 1 MiB */
  readonly log?: () => EventLog;
  /** Streams remembered at once, those with a reader included. 1 or more. @default 1000 */
  readonly maxRuns?: number;
}
