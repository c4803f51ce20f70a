import { RxsseError } from './RxsseError.ts';

/**
 * The server says that the stream failed, and has ended: connecting again would bring nothing.
 *
 * Why is the server's own to know, and not sent.
 *
 * @example Offer to ask again
 * const canAskAgain = (error: unknown) => error instanceof StreamFailedError;
 *
 * @category error
 */
export class StreamFailedError extends RxsseError {
  readonly _tag = 'StreamFailedError';

  constructor() {
    super('the stream failed on the server, and ended: ask for it anew');
  }
}
