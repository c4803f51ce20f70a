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
  /** What may wait: bytes, counted as characters, and events. */
  readonly limits: { readonly bytes: number; readonly events: number };

  constructor(limits: { readonly bytes: number; readonly events: number }) {
    super(
      `the reader is slower than the stream: more than ${limits.bytes} bytes or ${limits.events} events wait for it; ` +
        'raise queue, choose another overflow, or mount a feed, whose readers have no queue',
    );
    this.limits = limits;
  }
}
