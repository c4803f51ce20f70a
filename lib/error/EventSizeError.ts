import { RxsseError } from './RxsseError.ts';

/**
 * An event is larger than the route or the feed may send.
 *
 * Readers bound what they take, too: parsers of this library hold 1 MiB of an
 * event unless they are told otherwise.
 *
 * @example Tell what is too large from what is broken
 * const isTooLarge = (error: unknown) => error instanceof EventSizeError;
 *
 * @category error
 */
export class EventSizeError extends RxsseError {
  readonly _tag = 'EventSizeError';
  /** The name of the event, where it has one. */
  readonly event: string | undefined;
  /** The bound that its data went over, in bytes. */
  readonly limit: number;

  constructor(event: string | undefined, limit: number) {
    super(
      `${event ?? 'an event without a name'}: its data is larger than ${limit} bytes: ` +
        'send it in parts, send where it can be had, or raise maxEventBytes here and at the readers',
    );
    this.event = event;
    this.limit = limit;
  }
}
