import { LinkedList, LinkedListNode } from '../data/LinkedList.ts';
import { clock, perClock } from '../time/clock.ts';

/**
 * How long one turn of the loop is spent on writing, in ms. It also decides how
 * much a write carries: the sooner the loop has its turn again, the more is
 * published during one round. Shorter still, and the turns themselves cost.
 */
const budget = 0.2;

/** Readers in one turn, at most: what bounds it where time stands still. */
const most = 256;

/** A reader that is behind, to the sweep. */
export abstract class Swept extends LinkedListNode {
  /** Gives the reader what there is for it. One that stays behind queues again. */
  abstract step(): void;
  /** Its step threw. */
  abstract fail(error: unknown): void;
}

/**
 * Gives readers that are behind what they lack, in the order in which they fell
 * behind: a slice of them in a turn of the loop, then the loop has its turn.
 *
 * When nothing else is due, readers are written to in the very turn in which an
 * event was published. Under load what is published during one round leaves in
 * the next, in one write a reader, so writes grow larger and not more.
 */
class Sweep {
  readonly #behind = new LinkedList<Swept>();
  /** A slice is due: when the code that runs now has returned or, where this turn is spent, in the next one. */
  #scheduled = false;
  /** The next turn is asked for; until then all slices are one, to the budget. */
  #isTurn = false;
  #isSpent = false;
  #served = 0;
  #until = 0;

  add(reader: Swept): void {
    this.#behind.push(reader);
    this.#schedule();
  }

  /** All of a line fell behind at once. */
  addAll(readers: LinkedList<Swept>): void {
    this.#behind.take(readers);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#behind.isEmpty) return;
    this.#scheduled = true;
    // After the code that publishes has returned, so that what it publishes together leaves together.
    clock.micro(this.#slice);
  }

  readonly #slice = (): void => {
    if (!this.#isTurn) this.#begin();
    while (!this.#isSpent) {
      const reader = this.#behind.shift();
      if (reader === undefined) {
        this.#scheduled = false;
        return;
      }
      this.#served++;
      step(reader);
      this.#isSpent = this.#served === most || clock.now() >= this.#until;
    }
  };

  /** Even where nobody stays behind: a fast socket drains before the turn is over, and would have the loop to itself. */
  #begin(): void {
    this.#isTurn = true;
    this.#served = 0;
    this.#until = clock.now() + budget;
    clock.turn(this.#next);
  }

  readonly #next = (): void => {
    this.#isTurn = false;
    this.#isSpent = false;
    this.#scheduled = !this.#behind.isEmpty;
    if (this.#scheduled) this.#slice();
  };
}

/** What one reader's step throws ends that reader, and no other one's turn. */
function step(reader: Swept): void {
  try {
    reader.step();
  } catch (error) {
    reader.fail(error);
  }
}

/** The sweep of the clock in force. */
export const sweep = perClock(() => new Sweep());
