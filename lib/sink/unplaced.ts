import { encodeLogged } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import { encodeFrame, encodeMessage } from '../wire/encodeFrame.ts';
import { isFrame } from '../wire/Frame.ts';

/** The block of an event without a position of its own: the reader keeps the one that it has. */
export function unplaced(event: unknown, contract: Contract | undefined): string {
  const draft = encodeLogged(event, contract);
  if (draft !== undefined) return encodeMessage(undefined, draft.event, draft.data, draft.retry);
  return isFrame(event) ? encodeFrame(event) : '';
}
