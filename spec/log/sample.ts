import type { EncodedEvent } from '../../lib/event/encodeEvent.ts';

/** Returns a draft with the data, or with any data. */
export const sample = (data = '1', event: string | undefined = 'tick', retry?: number): EncodedEvent => ({
  event,
  data,
  retry,
});
