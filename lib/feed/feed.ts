import type { Observable } from 'rxjs';
import { checkNumber } from '../data/check.ts';
import type { Entry } from '../event/Entry.ts';
import type { Contract, EventOf } from '../event/events.ts';
import { isContract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { AppendOptions, EventLog } from '../log/EventLog.ts';
import { memoryLog } from '../log/memoryLog.ts';
import type { BackoffOptions } from '../time/backoff.ts';
import type { Ack } from './Ack.ts';
import { FeedCore } from './FeedCore.ts';
import type { FeedSource } from './Producer.ts';
import type { RouteContext } from './ReaderSession.ts';
import type { FromOptions } from './startPosition.ts';

/** Where a feed keeps what it is made of: only the sink asks for it. */
const core: unique symbol = Symbol('rxsse.feed');

/** A feed of any events, to whoever only reads it. @category feed */
export interface AnyFeed {
  readonly [core]: FeedCore;
}

/** What a feed is made of. @category feed */
export interface FeedOptions<C extends Contract> {
  /**
   * Where its events come from, beside what is published. A function makes the
   * source anew for each attempt, and knows the cursor after which it goes on.
   * A bad event of it is reported to `onError` and dropped; its completion ends the feed.
   *
   * @default none: only what is published
   */
  readonly source?: FeedSource<EventOf<C>>;
  /** Remembers the events. @default memoryLog() */
  readonly log?: EventLog;
  /** When the source is subscribed. @default 'first-reader' */
  readonly start?: 'first-reader' | 'now';
  /**
   * How long the source goes on after the last reader has left, in milliseconds;
   * 0 leaves it in the same turn, `Infinity` never before its end.
   *
   * @default Infinity
   */
  readonly linger?: number;
  /** Whether a source that fails is made anew; without, its failure ends the feed. @default false */
  readonly restart?: boolean | BackoffOptions;
  /**
   * The largest event, in bytes of its encoded data. A larger one is not
   * appended: what publishes it gets an `LimitError`. 1 or more; `Infinity`
   * is no bound.
   *
   * @default 1048576, 1 MiB, which is what readers take by default
   */
  readonly maxEventBytes?: number;
  /** Readers at once in this process; a route answers more as a full server does. 1 or more. @default 50000 */
  readonly maxReaders?: number;
  /**
   * Reads of the log under way at once, for readers that come back to what is
   * not in memory any more: a page each, and further readers wait their turn.
   * 1 or more. A log in memory needs none.
   *
   * @default 64
   */
  readonly maxConcurrentReads?: number;
  /** Hears of bad events, failures of the source, and of the log. @default nobody */
  readonly onError?: (error: unknown) => void;
}

/**
 * Events that are remembered and shared: what goes in comes out at every reader,
 * and a reader that comes back gets what it missed.
 *
 * @category feed
 */
export interface Feed<C extends Contract = Contract> extends AnyFeed {
  /** The events that it carries. */
  readonly contract: C;
  /**
   * Adds an event, or several with nothing between them. Under way at once;
   * emits the cursor of the last one, and can be awaited, once the log has it.
   */
  publish(event: EventOf<C> | readonly EventOf<C>[], options?: AppendOptions): Ack<string>;
  /**
   * The reader's own view, inside a route: its entries from its cursor on, at
   * the pace of its socket, for `filterEvents`, `mapEvents` and `ofType`.
   */
  read(context: RouteContext): Observable<Entry<EventOf<C> | Gap>>;
  /**
   * Emits the events and gaps after a start position, outside a route. It is not paced: what the subscriber does not
   * take in time waits in memory, one page of the log at a time.
   */
  events(options?: FromOptions): Observable<EventOf<C> | Gap>;
  /** Emits the same with the position of each, for a subscriber that stores cursors. */
  entries(options?: FromOptions): Observable<Entry<EventOf<C> | Gap>>;
  /** Ends the feed: no event follows, and every reader gets the end. */
  end(): Ack<void>;
  /** Unsubscribes from the source, disconnects the readers and closes the log. */
  close(): void;
  /** How many readers the feed has in this process. */
  readonly readers: number;
}

/**
 * Makes a feed: one producer, a log, any number of readers.
 *
 * Mount it with `sse(feed)`. Each reader is a cursor into the log, so a slow one
 * holds nothing and hurts nobody, and one that reconnects goes on where it was,
 * or is told with a {@link Gap} that it cannot.
 *
 * @example What goes in comes out, and resumes
 * const orders = feed(events({ OrderPaid: { order: t.string } }));
 * app.get('/orders', sse(orders));
 * orders.publish({ type: 'order_paid', data: { order: 'A-17' } });
 *
 * @throws TypeError at once, when the contract is none.
 * @throws RangeError at once, when `grace` is below 0.
 * @category feed
 */
export function feed<C extends Contract>(contract: C, options: FeedOptions<C> = {}): Feed<C> {
  return feedOf(contract, coreOfOptions(contract, options, nothing));
}

/** Makes the core of a feed; a family wants to know when its last reader has left. */
export function coreOfOptions<C extends Contract>(contract: C, options: FeedOptions<C>, onIdle: () => void): FeedCore {
  if (!isContract(contract)) throw new TypeError('feed: expected a contract made by events({ ... })');
  const { source, log = memoryLog(), start = 'first-reader', linger = Infinity, restart = false } = options;
  const { maxEventBytes = 1024 * 1024, maxReaders = 50_000, maxConcurrentReads = 64 } = options;
  checkNumber('feed: linger', linger, { min: 0, unit: 'ms' });
  for (const [name, bound] of Object.entries({ maxEventBytes, maxReaders, maxConcurrentReads })) {
    checkNumber(`feed: ${name}`, bound, { min: 1 });
  }
  const onError = contained(options.onError);
  const bounds = { maxEventBytes, maxReaders, maxConcurrentReads };
  return new FeedCore({ contract, log, source, start, linger, restart, ...bounds, onError, onStop: nothing, onIdle });
}

/** The public face of a core. */
export function feedOf<C extends Contract>(contract: C, made: FeedCore, onPublish: () => void = nothing): Feed<C> {
  return {
    contract,
    publish: (event, options = {}) => {
      onPublish();
      return made.publish(event, options);
    },
    read: (context) => made.read(context) as Observable<Entry<EventOf<C> | Gap>>,
    events: (options) => made.events(options) as Observable<EventOf<C> | Gap>,
    entries: (options) => made.entries(options) as Observable<Entry<EventOf<C> | Gap>>,
    end: () => made.end(),
    close: () => made.close(),
    get readers() {
      return made.readers;
    },
    [core]: made,
  };
}

/** The core of a feed, or `undefined` for what is none. */
export function coreOf(value: unknown): FeedCore | undefined {
  return typeof value === 'object' && value !== null && core in value ? (value as AnyFeed)[core] : undefined;
}

/** A callback of the user's that throws ends nothing. */
function contained(onError: FeedOptions<Contract>['onError']): (error: unknown) => void {
  return (error) => {
    try {
      onError?.(error);
    } catch {
      // Whom should it be told to? The one who listens for errors is the one who failed.
    }
  };
}

function nothing(): void {}
