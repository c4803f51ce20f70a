import { RxsseError } from './RxsseError.ts';

/**
 * A stream said nothing for too long, or went on for too long.
 *
 * @example Tell a silent source from a broken one
 * const isSilent = (error: unknown) => error instanceof TimeoutError && error.limit !== 'all';
 *
 * @category error
 */
export class TimeoutError extends RxsseError {
  readonly _tag = 'TimeoutError';
  /** What took too long: the first event, one after another, or all of them. */
  readonly limit: 'first' | 'each' | 'all';
  /** The time that it might have taken, in milliseconds. */
  readonly after: number;

  constructor(limit: 'first' | 'each' | 'all', after: number) {
    super(`${said[limit]} within ${after} ms`);
    this.limit = limit;
    this.after = after;
  }
}

const said = {
  first: 'there was no first event',
  each: 'there was no further event',
  all: 'the stream did not end',
} as const;
