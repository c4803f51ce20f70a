import type { Link } from '../feed/Line.ts';
import { type Deadlines, deadlinesOf } from './Deadlines.ts';

/** A connection whose socket takes nothing. */
export interface Stalling extends Link {
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
