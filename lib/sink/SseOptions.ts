import type { Observable } from 'rxjs';
import type { Entry } from '../event/Entry.ts';
import type { Contract, EventOf } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { DataOf, Shape } from '../event/Shape.ts';
import type { AnyFeed } from '../feed/feed.ts';
import type { Frame } from '../wire/Frame.ts';
import type { Admission } from './admission.ts';
import type { CloseReason } from './CloseReason.ts';
import type { Counters } from './Counters.ts';
import type { Overflow } from './overflow.ts';
import type { ResumeOptions } from './ResumeOptions.ts';

/** What a route may send: anything, or what its contract says. @category sink */
export type Sendable<C extends Contract> = [C] extends [never] ? unknown : EventOf<C> | Frame | Entry<EventOf<C> | Gap>;

/** Where events come from. @category sink */
export type Stream<T> = Observable<T> | AsyncIterable<T> | AnyFeed;

/** What a route knows of a request when it makes its stream. @category sink */
export interface SseContext<Q, P, B, S, R> {
  /** The query, decoded by the option `query`. */
  readonly query: Q;
  /** The route's parameters, decoded by the option `params`. */
  readonly params: P;
  /** The parsed body, decoded by the option `body`. */
  readonly body: B;
  /** What the option `state` gave for this request. */
  readonly state: S;
  readonly request: R;
  /** Aborted when the reader is gone or the stream is over. */
  readonly signal: AbortSignal;
}

/** What to do about an error after the first byte: send a last event, end properly, or cut. @category sink */
export type Farewell<T> = T | 'end' | 'cut' | undefined;

/** How long a stream may take, in milliseconds. @category sink */
export interface TimeoutOptions {
  /** Until its first event, from the head of the response on. @default Infinity */
  readonly first?: number;
  /** From each event to the next. @default Infinity */
  readonly each?: number;
  /** Until its end, from the head of the response on. @default Infinity */
  readonly all?: number;
}

/** How a route reads requests and what it promises its readers. @category sink */
export interface SseOptions<C extends Contract, Q extends Shape, P extends Shape, B extends Shape, S, R> {
  /**
   * The events that this route may send. Others do not compile; a plain
   * `{ type, data }` is checked and encoded by the definition of that name.
   *
   * @default none: typed events and frames go out as they are, anything else as JSON under no name
   */
  readonly events?: C;
  /** Decodes the query. A request that does not match is answered 422. @default not decoded: `unknown` */
  readonly query?: Q;
  /** Decodes the route's parameters, likewise. @default not decoded: `unknown` */
  readonly params?: P;
  /** Decodes the body that a parser before the route left in `request.body`, likewise. @default not decoded: `unknown` */
  readonly body?: B;
  /**
   * Runs on every connect before the first byte: who the reader is, what it may
   * see. What it throws or rejects with goes to `next`. Annotate its parameter
   * or give a named function, or TypeScript settles the context before it.
   *
   * @default no state: `undefined`
   */
  readonly state?: (request: R) => S | Promise<S>;
  /**
   * The longest silence before a comment is sent, in milliseconds, counted from
   * the last write. Above 0; `Infinity` sends none.
   *
   * @default 15000
   */
  readonly heartbeat?: number;
  /**
   * How long a reader waits before it reconnects, in milliseconds: a whole
   * number from 0 to 2147483647. Every response begins with it, since
   * EventSource keeps the last one it was given for ever.
   *
   * @default 3000
   */
  readonly retry?: number;
  /**
   * Makes a stream of one request resumable, `true` with all defaults, and says
   * how the readers of a feed are placed. Comments and retries of such a stream
   * have no position and are not sent.
   *
   * @default a stream of one request does not resume; a feed always does
   */
  readonly resume?: true | ResumeOptions<Sendable<C>, SseContext<DataOf<Q>, DataOf<P>, DataOf<B>, S, R>>;
  /**
   * What happens when a reader is slower than a stream that no log remembers:
   * `'disconnect'` cuts, so that it comes back; `'drop-oldest'` drops what has
   * waited longest and tells it by a gap; `conflate(...)` keeps one event a key.
   * A feed needs none of it: its readers have no queue, and what a pipeline made of a page is not dropped.
   *
   * @default 'disconnect'
   */
  readonly overflow?: Overflow<Sendable<C>>;
  /** What may wait for one such reader: bytes, counted as characters, and events. 1 or more. @default 1 MiB, 10000 */
  readonly queue?: { readonly bytes?: number; readonly events?: number };
  /**
   * How long a socket may take nothing before the connection is given up, in
   * milliseconds. Above 0; `Infinity` waits for as long as it stays connected.
   *
   * @default 30000
   */
  readonly stall?: number;
  /**
   * How old a connection gets before it is ended properly, so that readers move
   * between servers, in milliseconds: a random tenth sooner, so that they do not
   * move together. Above 0; at most 2147483647 is waited for.
   *
   * @default Infinity: not for its age
   */
  readonly maxAge?: number;
  /**
   * How long the stream may take, in milliseconds: for its first event, from the
   * head on, for each further one, and for all until its end. What takes longer
   * is a `TimeoutError` for `onError`. Heartbeats are no events, and while the
   * socket is full only `all` goes on: for a socket there is `stall`. Above 0; `Infinity` is no limit.
   *
   * @default no limits
   */
  readonly timeout?: TimeoutOptions;
  /**
   * How long the head of the response waits for the stream's first event or its
   * end, in milliseconds: a stream that fails by then is an HTTP error. 0 sends
   * the head at once. A feed needs no wait, and has none. At most 2147483647.
   *
   * @default 0
   */
  readonly headWait?: number;
  /**
   * The largest event, in bytes of its encoded data. A larger one is an
   * `EventSizeError` of the stream. 1 or more; `Infinity` is no bound. A feed
   * has its own.
   *
   * @default 1048576, 1 MiB, which is what readers take by default
   */
  readonly maxEventBytes?: number;
  /** Who is let in, made by `admission`. @default a bound of 50000 connections of this route */
  readonly admission?: Admission<R>;
  /** When what let the reader in is no longer valid; the connection ends then. @default never */
  readonly expiresAt?: (context: SseContext<DataOf<Q>, DataOf<P>, DataOf<B>, S, R>) => Date | undefined;
  /** A response begins. What this and the other hooks throw is contained. */
  readonly onOpen?: (context: SseContext<DataOf<Q>, DataOf<P>, DataOf<B>, S, R>) => void;
  /** A response that had begun is over. */
  readonly onClose?: (
    reason: CloseReason,
    counters: Counters,
    context: SseContext<DataOf<Q>, DataOf<P>, DataOf<B>, S, R>,
  ) => void;
  /** A reader was told that something is missing, at its beginning or later. */
  readonly onGap?: (gap: Gap['data'], context: SseContext<DataOf<Q>, DataOf<P>, DataOf<B>, S, R>) => void;
  /** So many events were dropped for a slow reader, who was told by a gap. */
  readonly onOverflow?: (dropped: number, context: SseContext<DataOf<Q>, DataOf<P>, DataOf<B>, S, R>) => void;
  /**
   * Hears of an error after the first byte, which no HTTP status can tell any
   * more, and says what the reader gets: a last event and the end, `'end'` for
   * the end alone, `'cut'` (or nothing) for a broken connection, after which it
   * comes back. When it throws, the connection is cut.
   *
   * @default cut
   */
  readonly onError?: (
    error: unknown,
    context: SseContext<DataOf<Q>, DataOf<P>, DataOf<B>, S, R>,
  ) => Farewell<Sendable<C>>;
}
