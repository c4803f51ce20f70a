import { RxsseError } from './RxsseError.ts';

/**
 * The stream failed on the server and has ended; reconnecting would bring nothing.
 *
 * The reason stays on the server and is not sent. A route gets it in `onError` as well, for the stream of a request in a
 * shared log (`resume.log`) whose process has ended or was replaced.
 *
 * @example Offer to start again
 * const canRestart = (error: unknown) => error instanceof StreamFailedError;
 *
 * @category error
 */
export class StreamFailedError extends RxsseError {
  readonly _tag = 'StreamFailedError';

  constructor(message = 'the stream failed on the server and has ended; start it again') {
    super(message);
  }
}
