import type { EncodedEvent } from '../../lib/event/encodeEvent.ts';

/** A draft of which a spec cares for the data at most. */
export const sample = (data = '1', event: string | undefined = 'tick', retry?: number): EncodedEvent => ({
  event,
  data,
  retry,
});
