import { defer, noop, type Observable } from 'rxjs';
import { checkOptions } from '../data/checkOptions.ts';
import type { Entry, OutsideEntry } from '../event/Entry.ts';
import type { Contract, EventOf } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { AppendOptions } from '../log/EventLog.ts';
import type { Ack } from './Ack.ts';
import { type AnyFeed, type CoreFor, core } from './coreOf.ts';
import type { FeedCore } from './FeedCore.ts';
import { coreOfOptions, type FeedOptions } from './FeedOptions.ts';
import type { Publisher } from './Publisher.ts';
import { type RouteContext, sessionReading } from './ReaderSession.ts';
import { checkFrom } from './startPosition.ts';
import type { ReadOptions } from './takeSnapshot.ts';

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
   * `resume.from` of the route, and `snapshot` returns state that comes first; its events go through the operators.
   *
   * Events without a position, of `startWith` or `concat`, may precede the entries: they are sent without an id, and
   * again when the reader reconnects. State that must fit what follows is a `snapshot`.
   */
  read(context: RouteContext, options?: ReadOptions<EventOf<C>>): Observable<Entry<EventOf<C> | Gap>>;
  /**
   * Emits the cursor of the newest event, for a response with state that its client continues with a stream: read the
   * cursor first, then the state, so that events between the two come again rather than never. A stream that starts
   * with state has the option `snapshot`.
   */
  cursor(): Ack<string>;
  /**
   * Emits the events and gaps after a start position, outside a route. It is not paced: a slow subscriber has to keep
   * up by itself, with `mapAsync` for example.
   */
  events(options?: ReadOptions<EventOf<C>>): Observable<EventOf<C> | Gap>;
  /** Emits the same with the position of each, for a subscriber that stores cursors. */
  entries(options?: ReadOptions<EventOf<C>>): Observable<OutsideEntry<EventOf<C> | Gap>>;
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
 * @throws RangeError at once, for `linger`, `claim.lease`, `maxEventBytes`, `maxReaders` or `maxConcurrentReads` out of range.
 * @category feed
 */
export function feed<C extends Contract>(contract: C, options: FeedOptions<C> = {}): Feed<C> {
  const made = coreOfOptions(contract, options, noop);
  if (options.start === 'now') made.start();
  return feedOf(contract, made);
}

/** Returns the public interface of a core. */
export function feedOf<C extends Contract>(
  contract: C,
  made: FeedCore | CoreFor,
  onPublish: () => void = noop,
): Feed<C> {
  const coreFor = typeof made === 'function' ? made : () => made;
  const request = <T>(call: (publisher: Publisher) => Ack<T>): Ack<T> => {
    try {
      return call(coreFor(true).publisher);
    } catch (error) {
      return coreFor(false).publisher.failed(error);
    }
  };
  return {
    contract,
    publish: (event, options) => {
      if (options !== undefined) checkOptions('publish', options, { key: 'string' });
      onPublish();
      return request((publisher) => publisher.publish(event, options ?? {}));
    },
    cursor: () => request((publisher) => publisher.cursor()),
    read: (context, options) => {
      const checked = checkRead('read', options);
      const session = sessionReading(context, contract);
      // The feed may be removed for being idle until the route has been started.
      return defer(() => coreFor(true).read(session, checked)) as Observable<Entry<EventOf<C> | Gap>>;
    },
    events: (options) => {
      const checked = checkRead('events', options);
      return defer(() => coreFor(true).events(checked)) as Observable<EventOf<C> | Gap>;
    },
    entries: (options) => {
      const checked = checkRead('entries', options);
      return defer(() => coreFor(true).entries(checked)) as Observable<OutsideEntry<EventOf<C> | Gap>>;
    },
    end: () => request((publisher) => publisher.end()),
    close: () => coreFor(false).close(),
    get readers() {
      return coreFor(false).readers;
    },
    [core]: made,
  };
}

/** Checks where a reader is to start, where that is given and not when it is subscribed. */
function checkRead<O extends ReadOptions<unknown> | undefined>(caller: string, options: O): O {
  if (options === undefined) return options;
  checkOptions(caller, options, { from: '', snapshot: 'function' });
  checkFrom(options.from);
  return options;
}
