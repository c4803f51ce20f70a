import type { GapReason } from '../event/Gap.ts';
import type { From, SnapshotResult } from '../feed/startPosition.ts';
import type { EventLog } from '../log/EventLog.ts';
import type { Frame } from '../wire/Frame.ts';

/** Marks the type of the events of a feed that a route mounts; no event has it. */
declare const ofFeed: unique symbol;

/** The events of a feed that a route mounts. */
export type EventOfFeed<E> = E & { readonly [ofFeed]?: never };

/** The events of a snapshot of a route without a contract: those of the feed that it mounts, and frames. */
export type SnapshotEvent<T> = typeof ofFeed extends keyof T ? T | Frame : unknown;

/** Returns the current state for a reader that cannot have what it missed. @category sink */
export type Snapshot<E> = (gap: {
  readonly reason: GapReason;
  readonly requested: string | null;
}) => SnapshotResult<E> | Promise<SnapshotResult<E>>;

/** Where the readers of a route start, and how long their own streams are retained. @category sink */
export interface ResumeOptions<E, Context> {
  /**
   * Where a reader without a cursor starts: at the tail (`'live'`), with everything that is stored (`'oldest'`), after a
   * cursor, or with a snapshot: the events of the state, then what follows its cursor. A reader that disconnects within
   * a snapshot gets it again. A function decides for each request, and may return a promise. Where the first events are
   * not stored any more, `'oldest'` starts with a gap `trimmed`, whose `requested` is `null`.
   *
   * @default 'live' for a running feed, 'oldest' for one that has ended and for the stream of one request
   */
  readonly from?: From<E> | ((context: Context) => From<E> | Promise<From<E>>);
  /**
   * Chooses what a reader gets that cannot have exactly what it missed. After a gap event it continues with everything that is
   * stored (`'replay'`), at the tail (`'skip'`), nowhere (`'end'`), or with a snapshot of the current state (for
   * routes that mount a feed). A connected reader that is too slow for what the log retains continues likewise.
   *
   * @default 'replay' for entries that were trimmed or are of another epoch, `from` for a cursor that is not one, 'skip' for a cursor from the future
   */
  readonly gapPolicy?: 'replay' | 'skip' | 'end' | Snapshot<E>;
  /**
   * How long the stream of one request continues without its reader, in milliseconds. 0 unsubscribes from it when the
   * reader disconnects, `Infinity` when `maxRuns` needs room.
   *
   * @default 30000
   */
  readonly linger?: number;
  /**
   * Returns whose stream it is, such as the id of a user, compared by `Object.is` when a reader resumes: an object that is
   * created for each request is another owner each time, and a promise is an error. The stream of another owner is treated
   * as unknown.
   *
   * @default no owner: the cursor is enough, since it cannot be guessed
   */
  readonly owner?: (context: Context) => unknown;
  /**
   * Creates the log of one stream, which has to be in memory. A stream that emits more than it retains while it is subscribed is
   * refused with a `LimitError`, since its reader could not get all of it.
   *
   * @default memoryLog({ maxEntries: Infinity, maxBytes: 1 MiB }) */
  readonly log?: () => EventLog;
  /**
   * How many streams are retained at once, with and without readers. At least 1. A further reader gets the answer of a
   * full server, unless a stream without a reader has ended and makes room. @default 1000
   */
  readonly maxRuns?: number;
  /**
   * How many streams of one `owner` are retained at once. At least 1. For a further one, the stream of that owner that
   * has been without a reader for longest is removed; where all have readers, the request gets the answer of a full
   * server. It has no effect without `owner`, and for an owner `undefined`. @default 20
   */
  readonly maxRunsPerOwner?: number;
}
