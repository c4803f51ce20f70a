import { RxsseError } from './RxsseError.ts';

/**
 * Something was asked of a log or a feed that is closed, or has ended.
 *
 * @example Tell that there is no use in trying again
 * const isOver = (error: unknown) => error instanceof ClosedError;
 *
 * @category error
 */
export class ClosedError extends RxsseError {
  readonly _tag = 'ClosedError';

  constructor(what: string, state: 'closed' | 'ended') {
    super(state === 'closed' ? `${what} is closed: make it anew` : `${what} has ended: nothing can be added to it`);
  }
}
