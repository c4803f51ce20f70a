import type { UnknownC } from 'io-ts';
import type { Observable } from 'rxjs';
import type { DataOf, Shape } from '../codec/Shape.ts';
import type { Entry } from '../event/Entry.ts';
import type { Contract, EventOf } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { AnyFeed } from '../feed/feed.ts';
import type { RouteContext } from '../feed/ReaderSession.ts';
import type { Frame } from '../wire/Frame.ts';
import type { CloseReason } from './CloseReason.ts';
import type { CloseStats } from './Counters.ts';
import type { ConnectionLimit } from './connectionLimit.ts';
import type { SseRequest } from './exchange.ts';
import type { Overflow } from './overflow.ts';
import type { ResumeOptions } from './ResumeOptions.ts';

/**
 * What a route may send: the events of its contract, frames and entries; without a contract, any value of its stream.
 *
 * @category sink
 */
export type Sendable<C extends Contract, T = unknown> = [C] extends [never]
  ? T
  : EventOf<C> | Frame | Entry<EventOf<C> | Gap>;

/** What a route sends: an Observable, an async iterable (a `ReadableStream`, say) or a feed. @category sink */
export type Stream<T> = Observable<T> | AsyncIterable<T> | AnyFeed;

/** The fields of a context that the options of a route determine. */
interface ContextFields {
  readonly query?: unknown;
  readonly params?: unknown;
  readonly body?: unknown;
  readonly state?: unknown;
  readonly request?: unknown;
}

/** The type of one field of a context, or what it is where the options do not determine it. */
type FieldOf<F, Name extends string, Absent> = Name extends keyof F
  ? F extends { readonly [K in Name]: infer T }
    ? T
    : unknown
  : Absent;

/**
 * What a route knows about a request: the decoded inputs, the state, the request itself.
 *
 * Its one type parameter names the fields that the route's options determine:
 * `SseContext<{ query: { page: number }; state: User }>`.
 *
 * @category sink
 */
export interface SseContext<F extends ContextFields = ContextFields> extends RouteContext {
  /** The query, decoded by the option `query`; `unknown` without that option. */
  readonly query: FieldOf<F, 'query', unknown>;
  /** The route's parameters, decoded by the option `params`; `unknown` without that option. */
  readonly params: FieldOf<F, 'params', unknown>;
  /** The parsed body, decoded by the option `body`; `unknown` without that option. */
  readonly body: FieldOf<F, 'body', unknown>;
  /** What the option `state` returned for this request; `undefined` without that option. */
  readonly state: FieldOf<F, 'state', undefined>;
  /** The request as the server made it. */
  readonly request: FieldOf<F, 'request', SseRequest>;
  /** Aborted when the reader has disconnected or the stream is complete. */
  readonly signal: AbortSignal;
}

/** Only the fields that an option determines, so that an editor shows no others. */
type FieldsOf<Q extends Shape, P extends Shape, B extends Shape, S, R> = {
  readonly [K in
    | (Q extends UnknownC ? never : 'query')
    | (P extends UnknownC ? never : 'params')
    | (B extends UnknownC ? never : 'body')
    | ([S] extends [undefined] ? never : 'state')
    | (SseRequest extends R ? never : 'request')]: {
    query: DataOf<Q>;
    params: DataOf<P>;
    body: DataOf<B>;
    state: S;
    request: R;
  }[K];
};

/** The context of a route with these options. */
export type ContextOf<Q extends Shape, P extends Shape, B extends Shape, S, R> = SseContext<FieldsOf<Q, P, B, S, R>>;

/** What to do about an error after the first byte: send a last event, end properly, or cut. @category sink */
export type ErrorResponse<T> = T | 'end' | 'cut' | undefined;

/** How long a stream may take, in milliseconds. @category sink */
export interface TimeoutOptions {
  /** Until its first event, from the head of the response on. @default Infinity */
  readonly first?: number;
  /** From each event to the next. @default Infinity */
  readonly idle?: number;
  /** Until its end, from the head of the response on. @default Infinity */
  readonly total?: number;
}

/** Headers of a response, by name. @category sink */
export type ResponseHeaders = Readonly<Record<string, string>>;

/** How a route reads requests and what it promises its readers. @category sink */
export interface SseOptions<
  C extends Contract = never,
  Q extends Shape = UnknownC,
  P extends Shape = UnknownC,
  B extends Shape = UnknownC,
  S = undefined,
  R = SseRequest,
  T = unknown,
> {
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
   * see. What it throws or rejects with goes to `next`. Write it before the hooks, so that TypeScript infers their context.
   *
   * @default no state: `undefined`
   */
  readonly state?: (request: R) => S | Promise<S>;
  /**
   * The longest silence before a comment is sent, in milliseconds, counted from
   * the last write. Above 0; `false` or `Infinity` sends none.
   *
   * @default 15000
   */
  readonly heartbeat?: number | false;
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
  readonly resume?: boolean | ResumeOptions<Sendable<C>, ContextOf<Q, P, B, S, R>>;
  /**
   * What happens when a reader is slower than a stream that no log remembers:
   * `'disconnect'` cuts, so that it comes back; `'drop-oldest'` drops what has
   * waited longest and tells it by a gap; `{ conflateBy, merge }` keeps one event a key.
   * A feed needs none of it: its readers have no queue, and what a pipeline made of a page is not dropped.
   *
   * @default 'disconnect'
   */
  readonly overflow?: Overflow<[C] extends [never] ? T : EventOf<C>>;
  /** What may wait for one such reader: bytes, counted as characters, and events. 1 or more. @default 1 MiB, 10000 */
  readonly queue?: { readonly maxBytes?: number; readonly maxEvents?: number };
  /**
   * How long a socket may take nothing before the connection is given up, in
   * milliseconds. Above 0; `Infinity` waits for as long as it stays connected.
   *
   * @default 30000
   */
  readonly stallTimeout?: number;
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
   * is a `StreamTimeoutError` for `onError`. Heartbeats are no events, and while the
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
  readonly maxHeadDelay?: number;
  /**
   * The largest event, in bytes of its encoded data. A larger one is an
   * `LimitError` of the stream. 1 or more; `Infinity` is no bound. A feed
   * has its own.
   *
   * @default 1048576, 1 MiB, which is what readers take by default
   */
  readonly maxEventBytes?: number;
  /**
   * Headers of each response that is a stream, beside the library's own, which they replace where the name is the
   * same; `Content-Type` stays. A function is called for each request.
   *
   * @default none
   */
  readonly headers?: ResponseHeaders | ((context: ContextOf<Q, P, B, S, R>) => ResponseHeaders);
  /** Who is let in, made by `admission`. @default a bound of 50000 connections of this route */
  readonly connectionLimit?: ConnectionLimit<R>;
  /** When what let the reader in is no longer valid; the connection ends then. @default never */
  readonly expiresAt?: (context: ContextOf<Q, P, B, S, R>) => Date | undefined;
  /** A response begins. What this and the other hooks throw is contained. */
  readonly onOpen?: (context: ContextOf<Q, P, B, S, R>) => void;
  /** A response that had begun is over. */
  readonly onClose?: (reason: CloseReason, counters: CloseStats, context: ContextOf<Q, P, B, S, R>) => void;
  /** A reader was told that something is missing, at its beginning or later. */
  readonly onGap?: (gap: Gap['data'], context: ContextOf<Q, P, B, S, R>) => void;
  /** So many events were dropped for a slow reader, who was told by a gap. */
  readonly onOverflow?: (dropped: number, context: ContextOf<Q, P, B, S, R>) => void;
  /**
   * Hears of an error after the first byte, which no HTTP status can tell any
   * more, and says what the reader gets: a last event and the end, `'end'` for
   * the end alone, `'cut'` (or nothing) for a broken connection, after which it
   * comes back. When it throws, the connection is cut.
   *
   * @default cut
   */
  readonly onError?: (error: unknown, context: ContextOf<Q, P, B, S, R>) => ErrorResponse<Sendable<C>>;
}
