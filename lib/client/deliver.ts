import type { Subscriber } from 'rxjs';
import { StreamFailedError } from '../error/StreamFailedError.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { Message } from '../wire/Frame.ts';
import { reserved } from '../wire/reserved.ts';
import { decode, gapOf, isFailedEnd } from './decodeMessage.ts';
import type { DecodingOptions, RawEvent } from './FromSseOptions.ts';

/** What a client's stream carries, whatever its contract is. */
export type Delivered = TypedEvent | Gap | RawEvent;

/** A message as a parser or an EventSource gives it. */
export type Given = Pick<Message, 'event' | 'data'>;

/**
 * Hands on what a message means: an event, a gap, the end; or nothing.
 *
 * @param settle tells of the position, once the message is dealt with and somebody is still there to hear it.
 */
export function deliver(
  subscriber: Subscriber<Delivered>,
  contract: Contract,
  options: DecodingOptions,
  { event = 'message', data }: Given,
  settle: () => void,
): void {
  try {
    if (event === reserved.gap) subscriber.next(gapOf(data));
    // Others that begin so are a later version's, and not for those who do not know them.
    else if (!event.startsWith('rxsse.')) {
      const decoded = decode(contract, options, event, data);
      if (decoded !== undefined) subscriber.next(decoded);
    }
    if (subscriber.closed) return;
    settle();
    if (event !== reserved.end) return;
    if (isFailedEnd(data)) subscriber.error(new StreamFailedError());
    else subscriber.complete();
  } catch (error) {
    subscriber.error(error);
  }
}
