import { RxsseError } from './RxsseError.ts';

/**
 * A pipeline over a feed lost, repeated or reordered positions, so that a reader would resume at the wrong position.
 * The connection is cut instead.
 *
 * @example Log a pipeline that is wrong
 * const onError = (error: unknown) => void (error instanceof PositionError && console.error(error.message));
 *
 * @category error
 */
export class PositionError extends RxsseError {
  readonly _tag = 'PositionError';
}
