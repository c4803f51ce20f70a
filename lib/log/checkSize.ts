import { EventSizeError } from '../error/EventSizeError.ts';
import { fitsIn } from '../wire/utf8.ts';
import type { Draft } from './draftOf.ts';

/**
 * Refuses an event that no reader with the same bound could take.
 *
 * @throws EventSizeError
 */
export function checkSize({ event, data }: Draft, maxEventBytes: number): void {
  if (!fitsIn(maxEventBytes, data)) throw new EventSizeError(event, maxEventBytes);
}
