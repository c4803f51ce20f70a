import { noop, type Observable } from 'rxjs';
import { checkFunction, checkNumber, checkOneOf } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { reportError } from '../error/reportError.ts';
import type { Entry } from '../event/Entry.ts';
import type { Contract, EventOf } from '../event/events.ts';
import { namesOf } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { AppendOptions, EventLog } from '../log/EventLog.ts';
import { memoryLog } from '../log/memoryLog.ts';
import type { BackoffOptions } from '../time/backoff.ts';
import type { Ack } from './Ack.ts';
import { checkContract, checkFeedOptions } from './checkFeedOptions.ts';
import { type AnyFeed, core, FeedCore } from './FeedCore.ts';
import type { FeedSource } from './Producer.ts';
import type { RouteContext } from './ReaderSession.ts';
import { type FromOptions, startAtValue } from './startPosition.ts';

/** The options of a feed. @category feed */
export interface FeedOptions<C extends Contract> {
  /**
   * Where its events come from, beside what is published. A function creates the source for each attempt and gets the
   * cursor after which it continues. A bad event is reported and dropped, see `onInvalidEvent`; completion ends the feed.
   *
   * @default none: only what is published
   */
  readonly source?: FeedSource<EventOf<C>>;
  /** Stores the events. @default memoryLog() */
  readonly log?: EventLog;
  /** When the source is subscribed. @default 'first-reader' */
  readonly start?: 'first-reader' | 'now';
  /**
   * How long the source stays subscribed after the last reader has left, in milliseconds; 0 unsubscribes in the same
   * turn, `Infinity` never before its end.
   *
   * @default Infinity
   */
  readonly linger?: number;
  /** Whether a source that fails is subscribed again, and after which waits; without it, the failure ends the feed. @default false */
  readonly restart?: boolean | BackoffOptions;
  /**
   * The largest event, in bytes of its encoded data. Publishing a larger one fails with a `LimitError`. 1 or more;
   * `Infinity` is no bound.
   *
   * @default 1048576, 1 MiB, which is what readers accept by default
   */
  readonly maxEventBytes?: number;
  /** The most readers at once in this process; further readers get 503 (a retry stream for EventSource). 1 or more. @default 50000 */
  readonly maxReaders?: number;
  /**
   * The most reads of the log at once, for readers that need what is not in memory any more. Further readers wait. 1 or
   * more. A log in memory needs none.
   *
   * @default 64
   */
  readonly maxConcurrentReads?: number;
  /**
   * Returns true for the last event of the feed: once it is stored, the source is unsubscribed from and every reader
   * gets the end, so that a job or an answer ends itself. Events that are published after it fail with a `ClosedError`
   * (`receive` answers 409); those of the same array are stored with it.
   *
   * @default absent: the feed ends with its source, or by `end`
   */
  readonly endsWith?: (event: EventOf<C>) => boolean;
  /**
   * Decides what happens to an event of the source that does not match the contract, or is too large. `'drop'` reports
   * it and continues with the next one: readers get no gap, since it had no position. `'fail'` treats it as a failure
   * of the source, which `restart` may start again, and which ends the feed otherwise.
   *
   * @default 'drop'
   */
  readonly onInvalidEvent?: 'drop' | 'fail';
  /**
   * Called for bad events and failures of the source, for failures of the log, and for a `publish` or `end` that fails
   * and is neither awaited nor subscribed to with an error callback.
   *
   * @default the error is reported: printed once on `console.error`, see `setErrorReporter`
   */
  readonly onError?: (error: unknown) => void;
}

/**
 * Events that are stored and shared: every reader gets what is published, and a reader that reconnects gets what it
 * missed.
 *
 * @category feed
 */
export interface Feed<C extends Contract = Contract> extends AnyFeed {
  /** The events of the feed. */
  readonly contract: C;
  /**
   * Appends an event, or several with no other between them, at once. The result emits the cursor of the last one when
   * the log has stored it, and can be awaited.
   */
  publish(event: EventOf<C> | readonly EventOf<C>[], options?: AppendOptions): Ack<string>;
  /**
   * Reads the feed inside a route, from the reader's cursor on and at the pace of its socket, for `filterEvents`,
   * `mapEvents` and `ofType`. A route reads one feed. `from` says where a reader without a cursor starts, in place of
   * `resume.from` of the route.
   *
   * Events without a position, of `startWith` or `concat`, may precede the entries: they are sent without an id, and
   * again when the reader reconnects. For state that must fit what follows, pass a snapshot as `from`.
   */
  read(context: RouteContext, options?: FromOptions<EventOf<C>>): Observable<Entry<EventOf<C> | Gap>>;
  /**
   * Emits the cursor of the newest event, for a snapshot: read the cursor first, then the state, so that the state
   * includes at least what the cursor says, and events that it includes as well come again rather than never.
   */
  cursor(): Ack<string>;
  /**
   * Emits the events and gaps after a start position, outside a route. It is not paced: a slow subscriber has to keep
   * up by itself, with `mapAsync` for example.
   */
  events(options?: FromOptions<EventOf<C>>): Observable<EventOf<C> | Gap>;
  /** Emits the same with the position of each, for a subscriber that stores cursors. */
  entries(options?: FromOptions<EventOf<C>>): Observable<Entry<EventOf<C> | Gap>>;
  /** Ends the feed: no event follows, and every reader gets the end. */
  end(): Ack<void>;
  /** Unsubscribes from the source, disconnects the readers and closes the log. */
  close(): void;
  /** How many readers the feed has in this process. */
  readonly readers: number;
}

/**
 * Creates a feed: a log, an optional source and any number of readers.
 *
 * Mount it with `sse(feed)`. Each reader is a cursor into the log, so that a slow one buffers nothing and delays no
 * other, and one that reconnects continues where it was, or gets a {@link Gap}.
 *
 * @example Publish, and let readers resume
 * const orders = feed(events({ OrderPaid: { order: t.string } }));
 * app.get('/orders', sse(orders));
 * orders.publish({ type: 'order_paid', data: { order: 'A-17' } });
 *
 * @throws TypeError at once, for a value that is not a contract, for a contract with an event `error` or `open`, which can
 * only be read, and for an option of a wrong type.
 * @throws RangeError at once, for `linger`, `maxEventBytes`, `maxReaders` or `maxConcurrentReads` out of range.
 * @category feed
 */
export function feed<C extends Contract>(contract: C, options: FeedOptions<C> = {}): Feed<C> {
  return feedOf(contract, coreOfOptions(contract, options, noop));
}

/** Creates the core of a feed; `onIdle` is called when its last reader has left. */
export function coreOfOptions<C extends Contract>(contract: C, options: FeedOptions<C>, onIdle: () => void): FeedCore {
  checkContract('feed', contract);
  checkFeedOptions(options);
  const { source, log = memoryLog(), start = 'first-reader', linger = Infinity, restart = false } = options;
  const {
    maxEventBytes = 1024 * 1024,
    maxReaders = 50_000,
    maxConcurrentReads = 64,
    onInvalidEvent = 'drop',
  } = options;
  checkNumber('feed: linger', linger, { min: 0, unit: 'ms' });
  const bounds = { maxEventBytes, maxReaders, maxConcurrentReads };
  for (const [name, bound] of Object.entries(bounds)) checkNumber(`feed: ${name}`, bound, { min: 1 });
  if (options.endsWith !== undefined) checkFunction('feed: endsWith', options.endsWith);
  checkOneOf('feed: onInvalidEvent', onInvalidEvent, ['drop', 'fail']);
  const where = `feed of ${namesOf(contract).slice(0, 3).join(', ')}`;
  return new FeedCore({
    contract,
    log,
    source,
    start,
    linger,
    restart,
    ...bounds,
    onInvalidEvent,
    endsWith: options.endsWith as ((event: unknown) => boolean) | undefined,
    onError: reporting(where, options.onError),
    onStop: noop,
    onIdle,
  });
}

/** Returns the public interface of a core. */
export function feedOf<C extends Contract>(contract: C, made: FeedCore, onPublish: () => void = noop): Feed<C> {
  return {
    contract,
    publish: (event, options) => {
      if (options !== undefined) checkOptions('publish', options, { key: 'string' });
      onPublish();
      return made.publisher.publish(event, options ?? {});
    },
    cursor: () => made.publisher.cursor(),
    read: (context, options) => made.read(context, checkFrom('read', options)) as Observable<Entry<EventOf<C> | Gap>>,
    events: (options) => made.events(checkFrom('events', options)) as Observable<EventOf<C> | Gap>,
    entries: (options) => made.entries(checkFrom('entries', options)) as Observable<Entry<EventOf<C> | Gap>>,
    end: () => made.publisher.end(),
    close: () => made.close(),
    get readers() {
      return made.readers;
    },
    [core]: made,
  };
}

/** Returns a callback that never throws: what the user's callback throws, or all errors without one, are reported. */
function reporting(where: string, onError: FeedOptions<Contract>['onError']): (error: unknown) => void {
  if (onError === undefined) return (error) => reportError(where, error);
  return (error) => {
    try {
      onError(error);
    } catch (thrown) {
      reportError(`onError of the ${where}`, thrown);
    }
  };
}

/** Checks where a reader is to start, where that is given and not when it is subscribed. */
function checkFrom<O extends FromOptions<unknown> | undefined>(caller: string, options: O): O {
  if (options === undefined) return options;
  checkOptions(caller, options, { from: '' });
  startAtValue(options.from, undefined);
  return options;
}
