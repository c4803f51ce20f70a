import { RxsseError } from './RxsseError.ts';

/**
 * The shortest and the longest wait of a reader before it reconnects, in milliseconds.
 *
 * @category error
 */
export type RetryRange = readonly [min: number, max: number];

/**
 * The server takes no more readers now: a bound is reached (`full`), or it is shutting down (`shutdown`).
 *
 * A route answers it with 503 and `Retry-After`. A request that may come from a native EventSource, which any answer
 * but 200 would end for good, gets a 200 with a `retry:`, and ends.
 *
 * @example Tell a server that is full or shutting down from a broken one
 * const isTemporary = (error: unknown) => error instanceof UnavailableError;
 *
 * @category error
 */
export class UnavailableError extends RxsseError {
  readonly _tag = 'UnavailableError';
  readonly reason: 'full' | 'shutdown';
  /** The range of the `retry:` that is sent to readers, so that they do not reconnect together. */
  readonly retryAfter: RetryRange;

  constructor(reason: 'full' | 'shutdown', message: string, retryAfter: RetryRange = defaultRange) {
    super(message);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}

const defaultRange: RetryRange = [5000, 10_000];

/** The error of a bound on how many there may be, all of which are in use. @internal */
export function full(what: string, limit: number, option: string): UnavailableError {
  return new UnavailableError('full', `${what}: all ${limit} are in use; raise ${option}, or try again later`);
}

/** Creates the error for a feed of a server that shuts down. @internal */
export function shuttingDown(retryAfter: RetryRange): UnavailableError {
  return new UnavailableError('shutdown', 'the server is shutting down; come back later', retryAfter);
}
