import { RxsseError } from './RxsseError.ts';

/**
 * What is wrong with a connection to a server.
 *
 * `request`: it can never be made, since the URL or what goes with it is one that
 * no fetch serves · `unreachable`: no answer came · `status`: the answer is no
 * stream, by its status · `type`: nor by its `Content-Type` · `refused`: the server
 * takes no more readers now · `broken`: the line was lost · `closed`: the response
 * ended, and not the stream · `silent`: nothing came for longer than was announced.
 *
 * @category error
 */
export type ConnectionFailure =
  | 'request'
  | 'unreachable'
  | 'status'
  | 'type'
  | 'refused'
  | 'broken'
  | 'closed'
  | 'silent';

/** What is known of a failure beside its reason. @category error */
export interface ConnectionFacts {
  /** The status of the answer, where one came. */
  readonly status?: number | undefined;
  /** The wait that the server asks for by `Retry-After`, in milliseconds. */
  readonly retryAfter?: number | undefined;
  /** What fetch, or the reading of the body, failed with. */
  readonly cause?: unknown;
}

/**
 * A connection to a server could not be made, or was lost.
 *
 * A client that connects again tells of it in its status and goes on; one that
 * does not, or gives up, errors with it.
 *
 * @example Send who is not signed in to the door
 * const isSignedOut = (error: unknown) => error instanceof ConnectionError && error.status === 401;
 *
 * @category error
 */
export class ConnectionError extends RxsseError {
  readonly _tag = 'ConnectionError';
  readonly reason: ConnectionFailure;
  /** The status of the answer, where one came. */
  readonly status: number | undefined;
  /** The wait that the server asks for by `Retry-After`, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(reason: ConnectionFailure, message: string, { status, retryAfter, cause }: ConnectionFacts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}
