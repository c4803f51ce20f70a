import { RxsseError } from './RxsseError.ts';

/**
 * An operator that loses nothing holds as many values as it may, and one more came.
 *
 * @example Hear that a source outruns its pipeline
 * const isOutrun = (error: unknown) => error instanceof QueueFullError;
 *
 * @category error
 */
export class QueueFullError extends RxsseError {
  readonly _tag = 'QueueFullError';
  /** How many may wait. */
  readonly queue: number;

  constructor(what: string, queue: number) {
    super(
      `${what}: more than ${queue} values wait: raise queue, slow the source down, or keep only the newest of a key ` +
        'before it, with conflateBy',
    );
    this.queue = queue;
  }
}
