import type { ConnectionError } from '../error/ConnectionError.ts';
import type { DecodeError } from '../error/DecodeError.ts';
import type { FrameLimits } from '../wire/FrameParser.ts';
import type { Hearer } from './Hearer.ts';
import type { ReconnectOptions } from './RetryOptions.ts';
import type { ConnectionStatus } from './Status.ts';

/**
 * What becomes of an event that cannot be decoded. `drop`: it is reported to
 * `onError` and left out · `error`: it ends the stream · `raw`: it is in the
 * stream, at its place, as a {@link RawEvent}.
 *
 * @category client
 */
export type BadEventPolicy = 'drop' | 'error' | 'raw';

/** An event as it came, where the policy is `raw`. @category client */
export interface RawEvent {
  readonly type: 'rxsse.raw';
  readonly data: {
    /** The name it came under; `message` where it had none. */
    readonly event: string;
    readonly text: string;
    /** Why it is no event of the contract. */
    readonly error: DecodeError;
  };
}

/** The raw events that a policy lets into the stream. @category client */
export type RawIf<P> = 'raw' extends P ? RawEvent : never;

/** How events are decoded, and who hears of what is beside them. @category client */
export interface DecodingOptions<P extends BadEventPolicy = BadEventPolicy> {
  /** What becomes of events whose name is not in the contract. @default 'drop' */
  readonly unknownEvents?: P;
  /** What becomes of events whose data does not match the contract. @default 'drop' */
  readonly invalidEvents?: P;
  /** Hears of each event that is dropped. What it throws is an error of the stream. @default nobody */
  readonly onError?: (error: DecodeError) => void;
  /** Hears what the line is doing, from the request to the end. @default nobody */
  readonly statusObserver?: Hearer<ConnectionStatus>;
  /**
   * Hears the position whenever it has moved: the cursor that a later `lastEventId` goes on from. A position counts as
   * read when its event was delivered, that is when `next` of the subscriber has returned; it is told then, and not
   * told where the subscriber left in that very `next`. Positions without an event are told, too; `''` clears.
   *
   * @default nobody
   */
  readonly cursorObserver?: Hearer<string>;
  /** How a lost line is tried again. `{ limit: 0 }` does not. @default for ever, with backoff */
  readonly backoff?: ReconnectOptions;
}

/** What is asked for: its URL, or a request; which is sent again, its body too, for each connection. @category client */
export type RequestTarget = string | URL | Request;

/** What `new Headers` takes. @category client */
export type HeadersLike = ConstructorParameters<typeof Headers>[0];

/** The part of `fetch` that is needed. @category client */
export type Fetch = (input: string | Request, init: RequestInit) => PromiseLike<Response>;

/** How events are asked for, read and decoded. @category client */
export interface FromSseOptions<P extends BadEventPolicy = BadEventPolicy> extends DecodingOptions<P>, FrameLimits {
  /** @default 'GET' */
  readonly method?: string;
  /** The body of the request, or what makes one for each; one that can be read only once must be made. @default none */
  readonly body?: RequestInit['body'] | (() => RequestInit['body']);
  /**
   * Sent with each request beside the client's own. A function is called for each, with the failure before it; it may
   * give a promise, of a fresh token say. What it throws ends the stream; a promise that rejects is a failure like a
   * server that cannot be reached.
   *
   * @default none
   */
  readonly headers?: HeadersLike | ((failure: ConnectionError | undefined) => HeadersLike | PromiseLike<HeadersLike>);
  /** As in `fetch`: whether cookies are sent to another origin, or at all. @default 'same-origin' */
  readonly credentials?: RequestInit['credentials'];
  /** Makes the requests instead of the global `fetch`. @default fetch */
  readonly fetch?: Fetch;
  /**
   * The position to go on from, such as one that `cursor` told an earlier page. A function is asked once for each
   * subscriber. `''`, `null` and `undefined` are none.
   *
   * @default none: where the server begins
   */
  readonly lastEventId?: string | null | undefined | (() => string | null | undefined);
  /**
   * The statuses that are tried again and do not end the stream; a `Retry-After` is honoured.
   *
   * @default 408, 425, 429 and all from 500 to 599; with `exact` none
   */
  readonly retryStatuses?: (status: number) => boolean;
  /**
   * Behaves exactly as an EventSource: any status but 200 ends the stream, and each wait is what the server asked for
   * by `retry:`, or 3 s, with no jitter and no growth.
   *
   * @default false
   */
  readonly strictEventSource?: boolean;
  /**
   * Longest silence, in milliseconds, before the line is taken for dead and made anew. `Infinity` waits for ever.
   *
   * @default twice what the server announces as `Rxsse-Liveness`, and a second; for ever where it announces nothing
   */
  readonly idleTimeout?: number;
  /**
   * Whether the request may be made again although its server may have acted on the first one.
   *
   * @default for GET and HEAD yes; for other methods no, until the stream gave a position to come back to
   */
  readonly idempotent?: boolean;
  /** Whether to disconnect while the page is hidden. It goes on from its position when the page is seen. @default false */
  readonly pauseWhenHidden?: boolean;
}
