import { RxsseError } from './RxsseError.ts';

/**
 * A reader was slower than its stream for longer than the queue between them holds.
 *
 * @category error
 */
export class OverflowError extends RxsseError {
  readonly _tag = 'OverflowError';
  /** The size of the queue, in bytes. */
  readonly limit: number;

  constructor(limit: number) {
    super(`the reader is slower than the stream: more than ${limit} bytes wait for its socket`);
    this.limit = limit;
  }
}
