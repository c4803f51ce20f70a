import { Queue } from '../data/Queue.ts';
import type { Position } from '../event/cursor.ts';
import { VectorCursor } from './VectorCursor.ts';

interface Step extends Position {
  readonly index: number;
  readonly number: number;
}

/**
 * Numbers what a merge of feeds emits, and translates the numbers into cursors: the position of each feed after
 * everything up to a number. Between the two there are operators, which hold numbers back, and leave some out.
 */
export class MergedPositions {
  readonly #reached: VectorCursor;
  readonly #emitted: VectorCursor;
  /** The positions that were emitted and have not been reached, in order. */
  readonly #steps = new Queue<Step>();
  #count = 0;

  /** @param starts where each feed starts, in the order of the names */
  constructor(names: readonly string[], starts: readonly Position[]) {
    this.#reached = new VectorCursor(names);
    this.#emitted = new VectorCursor(names);
    starts.forEach((start, index) => {
      this.#reached.set(index, start);
      this.#emitted.set(index, start);
    });
  }

  /** Numbers a position in one feed that is about to be emitted. */
  add(index: number, { epoch, sequence }: Position): number {
    this.#count++;
    this.#emitted.set(index, { epoch, sequence });
    this.#steps.push({ index, epoch, sequence, number: this.#count });
    return this.#count;
  }

  /** Returns the cursor after everything that was emitted. */
  get emittedCursor(): string {
    return this.#emitted.toString();
  }

  /** The reader has come to a number. */
  reach(number: number): void {
    for (let step = this.#steps.head; step !== undefined && step.number <= number; step = this.#steps.head) {
      this.#reached.set(step.index, step);
      this.#steps.shift();
    }
  }

  /** Returns the cursor of the last number that was reached. */
  get cursor(): string {
    return this.#reached.toString();
  }
}
