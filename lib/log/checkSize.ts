import { eventTooLarge } from '../error/LimitError.ts';
import type { EncodedEvent } from '../event/encodeEvent.ts';
import { fitsIn } from '../wire/utf8.ts';

/**
 * Refuses an event that no reader with the same bound could take.
 *
 * @throws LimitError
 */
export function checkSize({ event, data }: EncodedEvent, maxEventBytes: number): void {
  if (!fitsIn(maxEventBytes, data)) throw eventTooLarge(event, maxEventBytes);
}
