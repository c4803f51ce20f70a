import { RxsseError } from './RxsseError.ts';

/**
 * A stream emitted nothing for too long, or did not complete in time.
 *
 * @example Tell a silent source from one that runs too long
 * const isSilent = (error: unknown) => error instanceof StreamTimeoutError && error.kind !== 'total';
 *
 * @category error
 */
export class StreamTimeoutError extends RxsseError {
  readonly _tag = 'StreamTimeoutError';
  /** The part that took too long: the first event, the time between two events, or the whole stream. */
  readonly kind: 'first' | 'idle' | 'total';
  /** The bound, in milliseconds. */
  readonly limit: number;

  constructor(kind: 'first' | 'idle' | 'total', limit: number) {
    super(`${messages[kind]} within ${limit} ms`);
    this.kind = kind;
    this.limit = limit;
  }
}

const messages = {
  first: 'there was no first event',
  idle: 'there was no further event',
  total: 'the stream did not end',
} as const;
