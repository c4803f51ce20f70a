import { RxsseError } from './RxsseError.ts';

/**
 * Why a connection to a server failed.
 *
 * `request`: it can never be made, since no `fetch` accepts the URL or the request · `unreachable`: there was no
 * response · `status`: the response's status is not 200 · `type`: its `Content-Type` is not `text/event-stream` ·
 * `no-body`: the response of `fetch` has no stream to read, as in React Native; pass one that streams as the option
 * `fetch` · `refused`: the server takes no more readers now · `broken`: the connection was lost, or the response ended inside
 * an event · `closed`: the response ended, but not the stream · `silent`: nothing arrived for longer than the server announced.
 *
 * @category error
 */
export type ConnectionFailure =
  | 'request'
  | 'unreachable'
  | 'status'
  | 'type'
  | 'no-body'
  | 'refused'
  | 'broken'
  | 'closed'
  | 'silent';

/** The details of a connection failure. @category error */
export interface ConnectionFacts {
  /** The status of the response; `undefined` when there was none. */
  readonly status?: number | undefined;
  /** The wait that the server requests with `Retry-After`, in milliseconds. */
  readonly retryAfter?: number | undefined;
  /** The headers of the response, such as `WWW-Authenticate` or a request id; `undefined` when there was none. */
  readonly headers?: Headers | undefined;
  /**
   * The body of a response that is not a stream, where it is JSON of at most 64 KiB: a problem (RFC 9457) for example.
   * It comes from the server unchecked. `undefined` for any other body.
   */
  readonly problem?: unknown;
  /** The error of `fetch`, or of reading the body. */
  readonly cause?: unknown;
}

/**
 * A connection to a server could not be made, or was lost.
 *
 * A client that reconnects reports it in its status and continues; one that does not reconnect, or gives up, errors
 * with it.
 *
 * @example Redirect to the login page on 401
 * const isSignedOut = (error: unknown) => error instanceof ConnectionError && error.status === 401;
 *
 * @category error
 */
export class ConnectionError extends RxsseError {
  readonly _tag = 'ConnectionError';
  readonly reason: ConnectionFailure;
  /** The status of the response; `undefined` when there was none. */
  readonly status: number | undefined;
  /** The wait that the server requests with `Retry-After`, in milliseconds. */
  readonly retryAfter: number | undefined;
  /** The headers of the response, such as `WWW-Authenticate` or a request id; `undefined` when there was none. */
  readonly headers: Headers | undefined;
  /**
   * The body of a response that is not a stream, where it is JSON of at most 64 KiB: a problem (RFC 9457) for example.
   * It comes from the server unchecked. `undefined` for any other body.
   */
  readonly problem: unknown;

  constructor(reason: ConnectionFailure, message: string, facts: ConnectionFacts = {}) {
    const { status, retryAfter, headers, problem, cause } = facts;
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.status = status;
    this.retryAfter = retryAfter;
    this.headers = headers;
    this.problem = problem;
  }
}
