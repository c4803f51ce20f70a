import { clock, perClock } from '../clock.ts';
import { Line, Link } from './Line.ts';

/** How long one turn of the loop is spent on writing, in ms. It also decides how much a write carries. */
const budget = 0.4;

/** Readers in one turn, at most: what bounds it where time stands still. */
const most = 256;

/** Readers between two looks at the clock. */
const stride = 4;

/** A reader that is behind, to the sweep. */
export abstract class Swept extends Link {
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
  readonly #behind = new Line<Swept>();
  #scheduled = false;

  add(reader: Swept): void {
    this.#behind.push(reader);
    this.#schedule();
  }

  /** All of a line fell behind at once. */
  addAll(readers: Line<Swept>): void {
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
    const until = clock.now() + budget;
    try {
      for (let count = 1; count <= most; count++) {
        const reader = this.#behind.shift();
        if (reader === undefined) break;
        step(reader);
        if (count % stride === 0 && clock.now() >= until) break;
      }
    } finally {
      // Also when one could not even be told that it failed: all others of the process stand in this line.
      if (this.#behind.isEmpty) this.#scheduled = false;
      else clock.turn(this.#slice);
    }
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
