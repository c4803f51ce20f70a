import type { Draft } from '../../lib/log/draftOf.ts';

/** A draft of which a spec cares for the data at most. */
export const sample = (data = '1', event: string | undefined = 'tick', retry?: number): Draft => ({
  event,
  data,
  retry,
});
