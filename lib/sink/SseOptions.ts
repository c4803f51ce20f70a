import type { UnknownC } from 'io-ts';
import type { Shape } from '../codec/Shape.ts';
import type { Entry } from '../event/Entry.ts';
import type { Contract, EventOf } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { AnyFeed } from '../feed/coreOf.ts';
import type { AnyObservable } from '../operator/observableFrom.ts';
import type { Frame } from '../wire/Frame.ts';
import type { Overflow, QueueOptions } from './Backlog.ts';
import type { ConnectionLimit } from './connectionLimit.ts';
import type { CompressionOptions } from './gzip/Compression.ts';
import type { ResumeOptions, SnapshotEvent } from './ResumeOptions.ts';
import type { CloseReason, CloseStats } from './RouteStats.ts';
import type { AllowedOrigins, OnInvalidInput } from './requestInputs.ts';
import type { ContextOf } from './SseContext.ts';
import type { SseRequest } from './SseRequest.ts';
import type { TimeoutOptions } from './Timeouts.ts';
import type { WireProfile } from './Wire.ts';

/**
 * The values that a route may send: the events of its contract, frames and entries; without a contract, any value of its stream.
 *
 * @category sink
 */
export type Sendable<C extends Contract, T = unknown> = [C] extends [never]
  ? T
  : EventOf<C> | Frame | Entry<EventOf<C> | Gap>;

/**
 * The stream of a route: an Observable of RxJS or of the platform, an iterable (an array, a `ReadableStream`, or what a function creates, such as a generator) or a feed.
 * Iterables are read at the pace of their reader; a stream of Node is destroyed and one of the web canceled when it disconnects.
 *
 * @category sink
 */
export type Stream<T> = AnyObservable<T> | AsyncIterable<T> | (Iterable<T> & object) | AnyFeed;

/** The response to an error after the first byte: a last event and the end, the end, or a cut. @category sink */
export type ErrorResponse<T> = T | 'end' | 'cut' | undefined;

/** Headers of a response, by name. @category sink */
export type ResponseHeaders = Readonly<Record<string, string>>;

/** How a route reads requests, and how it treats its readers. @category sink */
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
   * The events that this route may send. Others do not compile; a plain `{ type, data }` is checked and encoded by the
   * definition of that name.
   *
   * @default none: typed events and frames are sent as they are, everything else as JSON without a name
   */
  readonly events?: C;
  /** Decodes the query. A request that does not match is answered 422. @default not decoded: `unknown` */
  readonly query?: Q;
  /** Decodes the route's parameters, likewise. @default not decoded: `unknown` */
  readonly params?: P;
  /** Decodes the body that a parser before the route left in `request.body`, likewise. @default not decoded: `unknown` */
  readonly body?: B;
  /**
   * The methods that the route answers on a plain server; others are answered 405. `HEAD` always is. Where a framework
   * calls the handler with `next`, it has chosen the route by its method, and this has no effect.
   *
   * @default ['GET'], and ['GET', 'POST'] with the option `body`
   */
  readonly methods?: readonly string[];
  /**
   * The origins whose pages may open the stream, beside the server's own; `'*'` for all. A request of another, which an
   * `<img>` of that page can make, is answered 403: for routes whose requests start something. Which page may read the
   * response is decided by CORS.
   *
   * @default '*'
   */
  readonly allowedOrigins?: AllowedOrigins;
  /**
   * Returns what the route knows about the reader: who it is, what it may see. Called for each request before the first
   * byte. What it throws or rejects with goes to `next`.
   *
   * @default no state: `undefined`
   */
  readonly state?: (request: R) => S | Promise<S>;
  /**
   * How long a connection may be silent before a comment is sent, in milliseconds, counted from the last write, or from
   * when the full socket drained. Connections that are due within a twentieth of it are served together, so a comment
   * may be that much early. A reader whose position has moved without an event gets the position instead of a comment.
   * Above 0; `false` or `Infinity` sends none.
   *
   * @default 15000
   */
  readonly heartbeat?: number | false;
  /**
   * How long a reader waits before it reconnects, in milliseconds: a whole number from 0 to 2147483647. Every response starts with it, unless the wire has no `retry`, since EventSource retains the last value that it received.
   *
   * @default 3000
   */
  readonly retry?: number;
  /**
   * Makes the stream of one request resumable (`true`: with all defaults), and sets where the readers of a feed start.
   * Comments and retries of a resumable stream have no position and are not sent.
   *
   * With `'own-ids'` the program numbers its events and resumes by itself: ids of frames and of events made by `withId`
   * are sent as they are, an event without one has none, and the reader gets neither numbers nor gaps of the route. The
   * program continues after `context.lastEventId`.
   *
   * @default false: the stream of one request does not resume; a feed always does
   */
  readonly resume?:
    | boolean
    | 'own-ids'
    | ResumeOptions<[C] extends [never] ? SnapshotEvent<T> : EventOf<C> | Frame, ContextOf<Q, P, B, S, R>>;
  /**
   * How positions, gaps and the end are written: `'rxsse'` for EventSource and this library's client, `'data-only'` for
   * clients of another protocol, which take every block for one of that protocol, or each of them by itself.
   *
   * @default 'rxsse'
   */
  readonly wire?: WireProfile;
  /**
   * Decides what happens when a reader is slower than a stream without a log: `'disconnect'` cuts the connection, so that the
   * reader reconnects; `'drop-oldest'` drops the event that has waited longest and sends a gap; `{ conflateBy, merge }`
   * retains one event for each key. A mounted feed needs none of it, since its readers have no queue. What operators make of `feed.read` waits up to `queue.maxBytes`, and beyond that the reader is disconnected.
   *
   * @default 'disconnect'
   */
  readonly overflow?: Overflow<[C] extends [never] ? T : EventOf<C>>;
  /**
   * How much may wait for such a reader. What a stream emits while it is subscribed waits, too: a stream that exceeds the
   * bound then is answered with an HTTP error, and not sent in part to a reader that would reconnect for the same. An
   * iterable has no bound, since it is read at the pace of its reader.
   *
   * @default { maxBytes: 16777216, maxEvents: Infinity }
   */
  readonly queue?: QueueOptions;
  /**
   * How long a socket may take nothing before the connection is cut, in milliseconds. Above 0; `Infinity` waits while
   * it stays connected. Linux reports room when a third of its send buffer is free, up to 1.4 MB: allow for that time.
   *
   * @default 30000
   */
  readonly stallTimeout?: number;
  /**
   * The age at which a connection ends, so that readers move between servers, in milliseconds. A random part of up to a
   * tenth is subtracted, so that they do not move together. Above 0; `Infinity` sets no age.
   *
   * @default Infinity
   */
  readonly maxAge?: number;
  /**
   * How long the stream may take, in milliseconds. A stream that takes longer fails with a `StreamTimeoutError`, which
   * `onError` gets. Heartbeats are not events, and while the socket is full only `total` counts: for a socket there is
   * `stallTimeout`.
   *
   * @default no limits
   */
  readonly timeout?: TimeoutOptions;
  /**
   * How long the head of the response waits for the first event or the end of the stream, in milliseconds: a stream
   * that fails by then is answered with an HTTP error. From 0, which sends the head at once, to 2147483647. A feed
   * sends its head at once.
   *
   * @default 0
   */
  readonly maxHeadDelay?: number;
  /**
   * The largest event, in bytes of its encoded data. A larger one fails the stream with a `LimitError`. At least 1;
   * `Infinity` is no bound. A feed has an option of its own.
   *
   * @default 1048576, 1 MiB, the default bound of readers
   */
  readonly maxEventBytes?: number;
  /**
   * Headers of every stream response. They replace the library's headers of the same name, `Cache-Control` for example,
   * but never `Content-Type`. A function is called for each request before the first byte; what it throws goes to
   * `next`.
   *
   * @default none
   */
  readonly headers?: ResponseHeaders | ((context: ContextOf<Q, P, B, S, R>) => ResponseHeaders);
  /**
   * Compresses what requests that accept gzip get; `true` has all defaults. The events of a feed are compressed once for
   * all readers, those of another stream for each. Leave it off where secrets stand beside text of others. @default false
   */
  readonly compression?: boolean | CompressionOptions;
  /** Bounds the connections, made by `connectionLimit`. @default 50000 connections of this route */
  readonly connectionLimit?: ConnectionLimit<R>;
  /** Returns when the reader's permission expires; the connection ends then. @default never */
  readonly expiresAt?: (context: ContextOf<Q, P, B, S, R>) => Date | undefined;
  /**
   * Called when query, params or body do not decode. What it returns is the JSON of the 422; what it throws goes to
   * `next`. @default a problem (RFC 9457) that names each path and what was expected there
   */
  readonly onInvalidInput?: OnInvalidInput<R>;
  /** Called before a stream response starts. What this and the other hooks throw is reported (`setErrorReporter`) and changes nothing. They run in the request's `AsyncLocalStorage` store. */
  readonly onOpen?: (context: ContextOf<Q, P, B, S, R>) => void;
  /** Called when a response that had started is closed; `stats.error` is the error for which it was. */
  readonly onClose?: (reason: CloseReason, stats: CloseStats, context: ContextOf<Q, P, B, S, R>) => void;
  /** Called when a reader misses events, at its start or later, whatever `wire.gap` sends. */
  readonly onGap?: (gap: Gap['data'], context: ContextOf<Q, P, B, S, R>) => void;
  /** Called with how many events were dropped for a slow reader, which gets a gap event for them. */
  readonly onOverflow?: (dropped: number, context: ContextOf<Q, P, B, S, R>) => void;
  /**
   * Called for an error after the first byte, when no HTTP status can be sent any more. Returns what the reader gets: a
   * last event and the end, `'end'` for the end alone, `'cut'` (or nothing) for a broken connection, after which it
   * reconnects. When it throws, the connection is cut.
   *
   * @default 'cut', and the error is reported: printed once on `console.error`, see `setErrorReporter`
   */
  readonly onError?: (error: unknown, context: ContextOf<Q, P, B, S, R>) => ErrorResponse<Sendable<C>>;
}

/** The options of `sse` without the types that depend on each other. */
export type UntypedOptions = Omit<SseOptions<never, Shape, Shape, Shape, unknown, unknown>, 'events'> & {
  readonly events?: Contract;
};
