import type { NextObserver, Observable } from 'rxjs';
import type { ConnectionError } from '../error/ConnectionError.ts';
import type { DecodeError } from '../error/DecodeError.ts';
import type { FrameLimits } from '../wire/FrameParser.ts';
import type { ReconnectOptions } from './Backoff.ts';
import type { ConnectionStatus } from './ConnectionStatus.ts';

/**
 * Decides what happens to a received event that cannot be decoded.
 *
 * `drop`: it is left out and passed to `onError` · `error`: it ends the stream with a {@link DecodeError} ·
 * `raw`: the stream emits it in order, as a {@link RawEvent}.
 *
 * @category client
 */
export type BadEventPolicy = 'drop' | 'error' | 'raw';

/** An event as it was received, emitted where the policy is `raw`. @category client */
export interface RawEvent {
  readonly type: 'rxsse.raw';
  readonly data: {
    /** The event's name; `message` where it had none. */
    readonly event: string;
    readonly text: string;
    /** Why the event does not match the contract. */
    readonly error: DecodeError;
  };
}

/** The raw events that a policy lets into the stream. @category client */
export type RawIf<P> = 'raw' extends P ? RawEvent : never;

/** An event with its position, emitted where the option `withId` is true. @category client */
export interface WithId<E> {
  /**
   * The position after the event: its id, or the one before it where the event has none; `''` before the first id. A
   * reader that stores it together with the data resumes from it exactly, by `lastEventId`.
   */
  readonly id: string;
  readonly event: E;
}

/** The value that a client emits for an event: with its position, if the option `withId` is true. @category client */
export type Emitted<E, I> = I extends true ? WithId<E> : E;

/** How received events are decoded, and who observes the connection. @category client */
export interface DecodingOptions<P extends BadEventPolicy = BadEventPolicy, I extends boolean = false> {
  /** Decides what happens to an event whose name is not in the contract. @default 'drop' */
  readonly unknownEvents?: P;
  /** Decides what happens to an event whose data does not match the contract. @default 'drop' */
  readonly invalidEvents?: P;
  /**
   * Called for each dropped event, also for one that exceeds `maxEventBytes` or `maxLineBytes`, which is skipped, and for
   * each id that no request can send back: of more than 4096 bytes, or with a control character. Such an id is ignored, so
   * that a reconnect resumes from the position before it, and its event is delivered. An exception ends the stream with
   * that error.
   *
   * @default the error is reported: printed once on `console.error`, see `setErrorReporter`
   */
  readonly onError?: (error: DecodeError) => void;
  /**
   * Whether each event is emitted as `{ id, event }`, so that its data and its position can be stored together, or an
   * upstream's id can become the id of what is published. Gaps and raw events have theirs, too.
   *
   * @default false
   */
  readonly withId?: I;
  /**
   * The names of the contract whose data is plain text and not JSON, for servers other than this library's. The codec
   * gets the text as it was received.
   *
   * @default none
   */
  readonly textEvents?: readonly string[];
  /**
   * The data by which the server ends the stream, `'[DONE]'` for example, whatever the event's name is. A response that
   * ends without it was cut off: the client reconnects, or errors with a `ConnectionError` where the request may not be
   * repeated.
   *
   * @default none
   */
  readonly endMarker?: string;
  /**
   * Receives the state of the connection, from the first request to the end; never completed, since it may observe
   * several streams. An exception in its `next` ends the stream with that error.
   *
   * @default none
   */
  readonly statusObserver?: NextObserver<ConnectionStatus>;
  /**
   * Receives the position each time it has moved: the cursor from which a later `lastEventId` resumes; never completed.
   * It is called after the subscriber's `next` has returned for the event of that position, and not called if the
   * subscriber unsubscribed in that `next`, so a stored cursor never covers an unseen event. Positions without an event
   * are sent too; `''` clears the position.
   *
   * @default none
   */
  readonly cursorObserver?: NextObserver<string>;
  /** When the client connects again after a lost connection; `{ maxAttempts: 0 }` never. @default without end */
  readonly backoff?: ReconnectOptions;
  /**
   * Reconnects at each notification: a wait ends at once, and a connection is replaced, except for that of a request that
   * may not be repeated (see `idempotent`). Subscribed to once for each subscriber, before the first request; a value
   * that it emits at once, as a `BehaviorSubject` does, has no effect. Its error ends the stream; its completion does
   * not. `NEVER` never reconnects early.
   *
   * In any case a connection is replaced when a page that was frozen is active again (`resume`).
   *
   * @default ends the wait, and replaces nothing, when the browser is online again and when the page is shown again
   */
  readonly reconnectOn?: Observable<unknown>;
}

/** A URL, or a request, which is cloned with its body for each connection. @category client */
export type RequestTarget = string | URL | Request;

/** Anything that `new Headers` accepts. @category client */
export type HeadersLike = ConstructorParameters<typeof Headers>[0];

/** The part of `fetch` that the client uses. @category client */
export type FetchLike = (input: string | Request, init: RequestInit) => PromiseLike<Response>;

/** Shares one connection among several subscribers; made by {@link tabs}. @category client */
export interface ConnectionSharing {
  readonly _tag: 'ConnectionSharing';
}

/** How events are requested, read and decoded. @category client */
export interface FromSseOptions<P extends BadEventPolicy = BadEventPolicy, I extends boolean = false>
  extends DecodingOptions<P, I>,
    FrameLimits {
  /** The method of the request. @default 'GET' */
  readonly method?: string;
  /**
   * The body of the request, or a function that creates one for each request. A stream needs the function, since it can
   * be read only once.
   *
   * @default none
   */
  readonly body?: RequestInit['body'] | (() => RequestInit['body']);
  /**
   * Headers sent in addition to the client's own. A function is called for each request with the failure before it, and
   * may return a promise, of a fresh token for example. An exception ends the stream; a rejected promise counts as an
   * unreachable server.
   *
   * @default none
   */
  readonly headers?: HeadersLike | ((failure: ConnectionError | undefined) => HeadersLike | PromiseLike<HeadersLike>);
  /** Whether cookies are sent, as in `fetch`. @default 'same-origin' */
  readonly credentials?: RequestInit['credentials'];
  /** Makes the requests in place of the global `fetch`. @default fetch */
  readonly fetch?: FetchLike;
  /**
   * The position to resume from, such as the last one that a `cursorObserver` received. A function is called once for
   * each subscriber. `''`, `null` and `undefined` are no position; an id that no request can send is none either, and is passed
   * to `onError`.
   *
   * @default none: the server decides where the stream starts
   */
  readonly lastEventId?: string | null | undefined | (() => string | null | undefined);
  /**
   * Whether a response with this status is followed by another request; others end the stream. `Retry-After` is
   * honoured.
   *
   * @default true for 408, 425, 429 and 500 to 599, and of these for 425, 429 and 503 alone where the request may not be
   * repeated (see `idempotent`); with `strictEventSource` false for all
   */
  readonly retryStatuses?: (status: number) => boolean;
  /**
   * Whether to behave exactly as an EventSource does: any status but 200 ends the stream, and each wait is the one that
   * the server has sent as `retry:`, or 3 s, without jitter and growth.
   *
   * @default false
   */
  readonly strictEventSource?: boolean;
  /**
   * The longest time without a byte before the connection counts as lost, in milliseconds, from the request on. Above 0;
   * `Infinity` waits without end.
   *
   * @default 30000 until the response has started; then twice what the server announces by `Rxsse-Heartbeat`, plus 1000,
   * or `Infinity` if it announces nothing
   */
  readonly idleTimeout?: number;
  /**
   * Whether the request may be repeated although its server may have acted on the first one. With `false` it is not
   * repeated once a response has started.
   *
   * @default true for GET and HEAD; for other methods true once the server has announced by `Rxsse-Resume` that it resumes,
   * and has sent a position to resume from
   */
  readonly idempotent?: boolean;
  /**
   * Whether the end of a response is followed by another request, or completes the stream where the server does not
   * announce the end of a stream itself. A response that ends inside an event was cut off, and completes nothing.
   *
   * @default 'reconnect' for GET and HEAD, with an `endMarker`, and where the server announces by `Rxsse-Resume` that it
   * resumes; else 'complete'
   */
  readonly endOfResponse?: 'reconnect' | 'complete';
  /** Receives the text of each comment, such as a heartbeat; never completed. @default none */
  readonly commentObserver?: NextObserver<string>;
  /**
   * Whether to disconnect when the page has been hidden for 5 seconds, and to resume when it is visible. A page that is
   * hidden from the start connects when it is visible.
   *
   * @default false
   */
  readonly pauseWhenHidden?: boolean;
  /**
   * Shares one connection among all tabs of the page's origin that read the same URL, by {@link tabs}.
   *
   * @default none: each subscriber has its own connection
   */
  readonly share?: ConnectionSharing;
}

/** The options of a client that connects by fetch, whatever it emits. */
export type ClientFetchOptions = FromSseOptions<BadEventPolicy, boolean>;
