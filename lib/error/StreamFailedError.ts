import { RxsseError } from './RxsseError.ts';

/**
 * The stream failed on the server and has ended; reconnecting would bring nothing.
 *
 * The reason stays on the server and is not sent.
 *
 * @example Offer to start again
 * const canRestart = (error: unknown) => error instanceof StreamFailedError;
 *
 * @category error
 */
export class StreamFailedError extends RxsseError {
  readonly _tag = 'StreamFailedError';

  constructor() {
    super('the stream failed on the server and has ended; start it again');
  }
}
