import type { From, SnapshotGap } from '../feed/startPosition.ts';
import type { Snapshot } from '../feed/takeSnapshot.ts';
import type { EventLog } from '../log/EventLog.ts';
import type { Frame } from '../wire/Frame.ts';

/** Marks the type of the events of a feed that a route mounts; no event has it. */
declare const ofFeed: unique symbol;

/** The events of a feed that a route mounts. */
export type EventOfFeed<E> = E & { readonly [ofFeed]?: never };

/** The events of a snapshot of a route without a contract: those of the feed that it mounts, and frames. */
export type SnapshotEvent<T> = typeof ofFeed extends keyof T ? T | Frame : unknown;

/** The mistake of a route with a snapshot whose stream is not a feed. */
export const snapshotNeedsFeed =
  'sse: resume.snapshot needs a stream that is a feed; a function that reads feeds passes it to them: feed.read(context, { snapshot })';

/** Where the readers of a route start, and how long their own streams are retained. @category sink */
export interface ResumeOptions<E, Context> {
  /**
   * Where a reader without a cursor starts: at the tail (`'live'`), with everything that is stored (`'oldest'`), or after a
   * cursor. A function decides for each request, and may return a promise. Where the first events are not stored any more,
   * `'oldest'` starts with a gap `trimmed`, whose `requested` is `null`.
   *
   * @default the `snapshot`, if there is one; 'live' for a running feed, 'oldest' for one that has ended and for the stream of one request
   */
  readonly from?: From | ((context: Context) => From | Promise<From>);
  /**
   * Chooses what a reader gets that cannot have exactly what it missed. After a gap event it continues with everything that is
   * stored (`'replay'`), at the tail (`'skip'`), or nowhere (`'end'`). A connected reader that is too slow for what the log
   * retains continues likewise.
   *
   * @default the `snapshot`, if there is one; 'replay' for entries that were trimmed or are of another epoch, `from` for a cursor that is not one, 'skip' for a cursor from the future
   */
  readonly gapPolicy?: 'replay' | 'skip' | 'end';
  /**
   * Returns the current state as events of the mounted feed, for a reader that comes first or that misses something: at
   * its start, or later because it is too slow for what the log retains. The reader gets the gap, if it misses something,
   * the events, the position that the log had before the call, and what follows that. An event that is published during the
   * call and that the state includes comes again after it: events must be such that applying one twice changes nothing.
   * For an exact cut, return `{ events, cursor }` with the cursor of the last event that the state includes, stored
   * together with it.
   *
   * Called for each such reader, with the reason and the cursor of what it misses; may return a promise. What it throws
   * is an HTTP error before the first byte, and later goes to `onError`. A reader that is cut within a snapshot gets it
   * again. Where the log removes what follows a snapshot before it is sent, it is called a second time, and after that
   * fails with a `StorageError`. A pipeline has the same option: `feed.read(context, { snapshot })`.
   *
   * @default none
   */
  readonly snapshot?: (context: Context, gap: SnapshotGap | undefined) => Snapshot<E> | Promise<Snapshot<E>>;
  /**
   * How long the stream of one request continues without its reader, in milliseconds. 0 unsubscribes from it when the
   * reader disconnects, `Infinity` when `maxRuns` needs room. With a `log` that other processes read, where its readers may be,
   * a stream runs to its end, and `linger` is how long a process without readers of it has the log open after that.
   *
   * @default 30000
   */
  readonly linger?: number;
  /**
   * Returns whose stream it is, such as the id of a user, compared by `Object.is` when a reader resumes: an object that is
   * created for each request is another owner each time, and a promise is an error. The stream of another owner is treated
   * as unknown. With a `log` that other processes read, it returns a string, a number or `undefined`.
   *
   * @default no owner: the cursor is enough, since it cannot be guessed
   */
  readonly owner?: (context: Context) => unknown;
  /**
   * Creates the log of one stream. In a log in memory, a stream that emits more than it retains while it is subscribed is
   * refused with a `LimitError`, since its reader could not get all of it.
   *
   * In a log that other processes read, a `redisLog` for example, a reader resumes the stream at any process that serves
   * the route. Name the log by `id`, which is 20 characters of a URL, and by the route: `answers:${id}`. The function is
   * also called for the ids of cursors, and opening and reading such a log stores nothing. The stream is subscribed once,
   * in the process of the request. When that process ends, its readers get what is stored, and then the end of a stream
   * that failed: at once after `shutdown(route)`, and after some 10 s otherwise. It fails as well when an event cannot be stored,
   * and a request whose stream cannot be stored is answered as by a full server.
   *
   * @default memoryLog({ maxEntries: Infinity, maxBytes: 1 MiB })
   */
  readonly log?: (id: string) => EventLog;
  /**
   * Returns where the stream of a request can be read again, for the header `Location` of the response that starts it: a URL, or
   * a reference relative to that of the request. `cursor` is the position before the first event, so that a GET of
   * `?lastEventId=${cursor}` reads the stream from its start: in a page that was reloaded, in a second tab, or by a program that
   * does not read ids. A GET of a route with `body` needs no body for that, and is answered 404 where there is no such
   * stream. Called once, before the response starts; what it throws is an HTTP error.
   *
   * @default no header
   */
  readonly location?: (context: Context, cursor: string) => string;
  /**
   * Called when a request has started a stream, with a promise that resolves, and never rejects, when this process has
   * nothing more to do for it: the stream has ended or was unsubscribed from, and its end is stored. Pass it to a host
   * that suspends the process after a response, such as `after` of Next or `waitUntil` of Vercel and Cloudflare: the
   * stream then continues when its reader disconnects. What it throws is reported.
   *
   * @default not called
   */
  readonly waitUntil?: (promise: Promise<void>, context: Context) => void;
  /**
   * How many streams are retained at once, with and without readers. At least 1. A further reader gets the answer of a
   * full server, unless a stream without a reader has ended and makes room. Each process counts its own, and those of others
   * that it has readers of. @default 1000
   */
  readonly maxRuns?: number;
  /**
   * How many streams of one `owner` are retained at once. At least 1. For a further one, the stream of that owner that
   * has been without a reader for longest is removed; where all have readers, the request gets the answer of a full
   * server. One that other processes may read is removed when it has ended. It has no effect without `owner`, and for an
   * owner `undefined`. @default 20
   */
  readonly maxRunsPerOwner?: number;
}
