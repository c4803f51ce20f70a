import { RxsseError } from './RxsseError.ts';

/**
 * A bound on how many there may be is reached, and all of them are in use.
 *
 * In a route it is answered as a full server answers: 503 with `Retry-After`,
 * or for a native EventSource, which any answer but 200 would end for good, a
 * 200 that asks it to wait and ends.
 *
 * @example Tell a full server from a broken one
 * const isFull = (error: unknown) => error instanceof CapacityError;
 *
 * @category error
 */
export class CapacityError extends RxsseError {
  readonly _tag = 'CapacityError';
  /** The bound. */
  readonly max: number;

  constructor(what: string, max: number, option = 'max') {
    super(`${what}: ${max} are in use, which is the most there may be: raise ${option}, or try again later`);
    this.max = max;
  }
}
