import { type Deadlines, deadlinesOf } from './Deadlines.ts';

/** A connection, to its heartbeat. */
export interface Beating {
  /** When the last byte was written, on the clock that never jumps. */
  readonly lastWrite: number;
  beat(): void;
}

export type Beats = Deadlines<Beating>;

/** The heartbeats of all readers that share an interval, in ms; none for `Infinity`. */
export const beatsEvery = deadlinesOf<Beating>({
  since: ({ lastWrite }) => lastWrite,
  due: (connection) => connection.beat(),
});
