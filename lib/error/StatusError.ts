import { RxsseError } from './RxsseError.ts';

/**
 * A server that was asked answered with a status that is no success.
 *
 * @example Tell what asking again cannot mend
 * const isRefused = (error: unknown) => error instanceof StatusError && error.status < 500 && error.status !== 429;
 *
 * @category error
 */
export class StatusError extends RxsseError {
  readonly _tag = 'StatusError';
  readonly status: number;
  /** How long it asked to be left alone, by `Retry-After`, in milliseconds; `undefined` when it did not. */
  readonly retryAfter: number | undefined;

  constructor(status: number, retryAfter?: number) {
    super(`the server answered ${status}, which is no success`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}
