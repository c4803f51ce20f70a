import { RxsseError } from './RxsseError.ts';

/**
 * A reader was slower than its stream for longer than the queue between them holds.
 *
 * @example Count the readers that were too slow
 * let slow = 0;
 * const onError = (error: unknown) => void (error instanceof OverflowError && slow++);
 * app.get('/ticks', sse(interval(1), { onError }));
 *
 * @category error
 */
export class OverflowError extends RxsseError {
  readonly _tag = 'OverflowError';
  /** The size of the queue, in UTF-16 code units. */
  readonly limit: number;

  constructor(limit: number) {
    super(`the reader is slower than the stream: more than ${limit} characters wait for its socket`);
    this.limit = limit;
  }
}
