import type { LinkedListNode } from '../data/LinkedList.ts';
import { type Deadlines, deadlinesOf } from '../time/Deadlines.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { comment } from '../wire/Frame.ts';

/** What is said into a silence: a comment, which every reader ignores. */
export const heartbeat: Uint8Array = new TextEncoder().encode(encodeFrame(comment()));

/** A connection, to its heartbeat. */
export interface Beating extends LinkedListNode {
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
