import { RxsseError } from './RxsseError.ts';

/**
 * A log or a feed that is closed, or has ended, was used.
 *
 * `closed`: it was closed and can neither be read nor written; create another one · `ended`: it is complete, so
 * nothing can be added, but it can still be read.
 *
 * @example Tell that retrying is of no use
 * const isFinal = (error: unknown) => error instanceof ClosedError;
 *
 * @category error
 */
export class ClosedError extends RxsseError {
  readonly _tag = 'ClosedError';
  readonly state: 'closed' | 'ended';

  constructor(what: string, state: 'closed' | 'ended') {
    super(
      state === 'closed' ? `${what} is closed; create another one` : `${what} has ended; nothing can be added to it`,
    );
    this.state = state;
  }
}
