import { RxsseError } from './RxsseError.ts';

/** The longest and the shortest wait that readers are asked for, in milliseconds. @category sink */
export type RetryRange = readonly [min: number, max: number];

/**
 * The server shuts down: who comes now is asked to come back later, to another one.
 *
 * @example Tell a server that shuts down from a broken one
 * const isLeaving = (error: unknown) => error instanceof DrainingError;
 *
 * @category error
 */
export class DrainingError extends RxsseError {
  readonly _tag = 'DrainingError';
  readonly retry: RetryRange;

  constructor(retry: RetryRange) {
    super('the server shuts down: come back later');
    this.retry = retry;
  }
}
