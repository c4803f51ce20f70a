import type { LinkedListNode } from '../data/LinkedList.ts';
import { type Deadlines, deadlinesOf } from '../time/Deadlines.ts';

/** A connection whose socket takes nothing. */
export interface Stalling extends LinkedListNode {
  /** Since when, on the clock that never jumps. */
  readonly busySince: number;
  cut(reason: 'stalled'): void;
}

export type Stalls = Deadlines<Stalling>;

/** The sockets that may be full for equally long, in ms; for ever with `Infinity`. */
export const stallsAfter = deadlinesOf<Stalling>({
  since: ({ busySince }) => busySince,
  due: (connection) => connection.cut('stalled'),
});
