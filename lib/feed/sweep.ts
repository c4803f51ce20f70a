import { LinkedList, LinkedListNode } from '../data/LinkedList.ts';
import { clock, perClock } from '../time/clock.ts';

/**
 * How long one turn of the loop is spent on writing, in ms. It also decides how much a write carries: the sooner the
 * loop gets its turn, the more is published during one round. Below this, the turns themselves cost too much.
 */
const budget = 0.2;

/** How many readers are served in one turn at most, for a clock that does not move. */
const maxServed = 256;

/** How many readers are served before the next turn is requested, which costs a tenth of a write to one reader. */
const freeReaders = 4;

/** A reader that the sweep serves. */
export abstract class SweepNode extends LinkedListNode {
  /** Writes to the reader. */
  abstract serve(): void;
  /** Ends the reader by an error that `serve` has thrown. */
  abstract fail(error: unknown): void;
}

/**
 * Serves the readers that are behind, in the order in which they fell behind: a slice of them in each turn of the loop.
 *
 * When nothing else is due, an event is written in the turn in which it was published. Under load, what is published
 * during one round is written in the next, in one write for each reader, so that writes grow larger and not more.
 */
class Sweep {
  readonly #behind = new LinkedList<SweepNode>();
  /** A slice is scheduled: after the running code has returned or, where this turn is spent, in the next turn. */
  #isScheduled = false;
  /** The next turn is requested. */
  #isTurnRequested = false;
  #isSpent = false;
  /** The readers that were served since the last turn that was requested. */
  #served = 0;
  /** The time that they took, in ms. */
  #used = 0;

  add(reader: SweepNode): void {
    this.#behind.push(reader);
    this.#schedule();
  }

  /** Adds all readers of a list, which is empty afterwards. */
  addAll(readers: LinkedList<SweepNode>): void {
    this.#behind.append(readers);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#behind.isEmpty) return;
    this.#isScheduled = true;
    // After the code that publishes has returned, so that what it publishes together is written together.
    clock.micro(this.#slice);
  }

  readonly #slice = (): void => {
    const start = clock.now() - this.#used;
    while (!this.#isSpent) {
      const reader = this.#behind.shift();
      if (reader === undefined) {
        this.#isScheduled = false;
        return;
      }
      this.#served++;
      try {
        reader.serve();
      } catch (error) {
        // An error ends this reader alone. If ending it throws, too, the next turn serves the others.
        this.#requestTurn();
        reader.fail(error);
      }
      this.#used = clock.now() - start;
      if (this.#served > freeReaders || this.#used >= budget / 2) this.#requestTurn();
      this.#isSpent = this.#served >= maxServed || this.#used >= budget;
    }
  };

  /** Requests a turn even where no reader stays behind: a fast socket drains within the turn and would keep the loop busy. */
  #requestTurn(): void {
    if (this.#isTurnRequested) return;
    this.#isTurnRequested = true;
    clock.turn(this.#startTurn);
  }

  readonly #startTurn = (): void => {
    this.#isTurnRequested = false;
    this.#isSpent = false;
    this.#served = 0;
    this.#used = 0;
    this.#isScheduled = !this.#behind.isEmpty;
    if (this.#isScheduled) this.#slice();
  };
}

/** Returns the sweep of the current clock. */
export const sweep = perClock(() => new Sweep());
