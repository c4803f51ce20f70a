import type { ConnectionError } from '../error/ConnectionError.ts';

/**
 * What the line to a server is doing. Told to the observer of a client's
 * `status` option; narrows on `state`.
 *
 * @category client
 */
export type ConnectionStatus = Connecting | Open | Retrying | Paused | Ended;

/** A request is made. @category client */
export interface Connecting {
  readonly state: 'connecting';
  /** Failures in a row before this one. */
  readonly attempt: number;
  /** The position that is sent with it; `''` is none. */
  readonly lastEventId: string;
}

/** The answer is a stream. @category client */
export interface Open {
  readonly state: 'open';
  /**
   * What the server says about the place of this reader, `live`, `exact` or `gap;reason=…`; `undefined` where it says
   * nothing, as other servers do, and where a page of another origin may not read the header.
   */
  readonly resume: string | undefined;
}

/** The line was lost, or never made, and will be tried again. @category client */
export interface Retrying {
  readonly state: 'retrying';
  readonly error: ConnectionError;
  /** Failures in a row, this one included. */
  readonly attempt: number;
  /** The wait before the next request, in milliseconds. */
  readonly delay: number;
  /** When that is. */
  readonly at: Date;
}

/** The page is hidden, and nothing is connected until it is seen. @category client */
export interface Paused {
  readonly state: 'paused';
}

/**
 * Nothing follows. `completed`: the server said so · `failed`: with the error
 * that the stream has · `left`: by the subscriber.
 *
 * @category client
 */
export type Ended =
  | { readonly state: 'ended'; readonly why: 'completed' | 'left' }
  | { readonly state: 'ended'; readonly why: 'failed'; readonly error: unknown };
