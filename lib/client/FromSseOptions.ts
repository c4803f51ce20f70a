import type { NextObserver } from 'rxjs';
import type { ConnectionError } from '../error/ConnectionError.ts';
import type { DecodeError } from '../error/DecodeError.ts';
import type { BackoffOptions } from '../time/backoff.ts';
import type { FrameLimits } from '../wire/FrameParser.ts';

/**
 * Decides what happens to a received event that cannot be decoded.
 *
 * `drop`: it is reported to `onError` and left out · `error`: it ends the stream with a {@link DecodeError} ·
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

/**
 * Says what a client is doing; narrows on `state`. The `statusObserver` receives it.
 *
 * `connecting`: a request is made · `open`: the response is a stream · `retrying`: a connection was lost, or could not
 * be made, and another request follows after a delay · `paused`: the page is hidden and nothing is connected until it
 * is visible · `ended`: nothing follows, since the server completed the stream, or the stream failed with `error`, or
 * the subscriber unsubscribed.
 *
 * @category client
 */
export type ConnectionStatus =
  | {
      readonly state: 'connecting';
      /** Failures in a row before this request. */
      readonly attempt: number;
      /** The position sent with the request; `''` is none. */
      readonly lastEventId: string;
    }
  | {
      readonly state: 'open';
      /**
       * How the server resumed: `live`, `exact` or `gap;reason=…`. `undefined` for servers other than this library's,
       * and where a page may not read the header of another origin.
       */
      readonly resume: string | undefined;
    }
  | {
      readonly state: 'retrying';
      readonly error: ConnectionError;
      /** Failures in a row, including this one. */
      readonly attempt: number;
      /** The wait before the next request, in milliseconds. */
      readonly delay: number;
      /** When the next request is made. */
      readonly at: Date;
    }
  | { readonly state: 'paused' }
  | { readonly state: 'ended'; readonly reason: 'completed' | 'unsubscribed' }
  | { readonly state: 'ended'; readonly reason: 'failed'; readonly error: unknown };

/** How long a client waits before it connects again, and when it gives up. @category client */
export interface ReconnectOptions extends Omit<BackoffOptions, 'onFailure'> {
  /**
   * The longest wait after a first failure where the server asked for none, in milliseconds; it doubles with each
   * failure in a row. Each wait is a random time up to that bound (full jitter). A wait that the server asked for, by
   * `retry:` or `Retry-After`, is kept in full and the random time is added to it; after a first failure the random
   * time is at most as long as the wait the server asked for. Above 0.
   *
   * @default 1000
   */
  readonly initialDelay?: number;
  /** The longest random time, in milliseconds. At least `initialDelay`, at most 2147483647. @default 30000 */
  readonly maxDelay?: number;
  /** Failures in a row that are followed by another request; 0 never reconnects. @default Infinity */
  readonly maxAttempts?: number;
  /**
   * A connection that was open for this long, in milliseconds, was stable: its loss counts as a first failure. With 0
   * every connection that opened was stable, with `Infinity` none.
   *
   * @default 5000
   */
  readonly resetAfter?: number;
  /**
   * The longest time from the first failure in a row to the next request, in milliseconds. The client gives up instead
   * of starting a wait that would exceed it.
   *
   * @default Infinity
   */
  readonly maxElapsed?: number;
}

/** How received events are decoded, and who observes the connection. @category client */
export interface DecodingOptions<P extends BadEventPolicy = BadEventPolicy> {
  /** Decides what happens to an event whose name is not in the contract. @default 'drop' */
  readonly unknownEvents?: P;
  /** Decides what happens to an event whose data does not match the contract. @default 'drop' */
  readonly invalidEvents?: P;
  /** Called for each dropped event. An exception ends the stream with that error. @default not called */
  readonly onError?: (error: DecodeError) => void;
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
}

/** A URL, or a request, which is cloned with its body for each connection. @category client */
export type RequestTarget = string | URL | Request;

/** Anything that `new Headers` accepts. @category client */
export type HeadersLike = ConstructorParameters<typeof Headers>[0];

/** The part of `fetch` that the client uses. @category client */
export type FetchLike = (input: string | Request, init: RequestInit) => PromiseLike<Response>;

/** How events are requested, read and decoded. @category client */
export interface FromSseOptions<P extends BadEventPolicy = BadEventPolicy> extends DecodingOptions<P>, FrameLimits {
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
   * each subscriber. `''`, `null` and `undefined` are no position.
   *
   * @default none: the server decides where the stream starts
   */
  readonly lastEventId?: string | null | undefined | (() => string | null | undefined);
  /**
   * Whether a response with this status is followed by another request; others end the stream. `Retry-After` is
   * honoured.
   *
   * @default true for 408, 425, 429 and 500 to 599; with `strictEventSource` false for all
   */
  readonly retryStatuses?: (status: number) => boolean;
  /**
   * Whether to behave exactly as an EventSource does: any status but 200 ends the stream, and each wait is the one that
   * the server asked for by `retry:`, or 3 s, without jitter and growth.
   *
   * @default false
   */
  readonly strictEventSource?: boolean;
  /**
   * The longest time without a byte before the connection counts as lost, in milliseconds. Above 0; `Infinity` waits
   * without end.
   *
   * @default twice what the server announces by `Rxsse-Heartbeat`, plus 1000; `Infinity` if it announces nothing
   */
  readonly idleTimeout?: number;
  /**
   * Whether the request may be repeated although its server may have acted on the first one.
   *
   * @default true for GET and HEAD; for other methods false until the stream has sent a position to resume from
   */
  readonly idempotent?: boolean;
  /** Whether to disconnect while the page is hidden, and to resume when it is visible. @default false */
  readonly pauseWhenHidden?: boolean;
}
