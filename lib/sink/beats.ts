import { asyncScheduler, type SchedulerAction, type Subscription } from 'rxjs';
import { clock, perClock } from '../clock.ts';

/** What a timer can hold; Node turns more into 1 ms. */
const longest = 2 ** 31 - 1;

/** Beats in one turn of the loop; at some 15 µs each a turn stays near a millisecond. */
const slice = 64;

/** A connection, to its heartbeat. */
export interface Beating {
  /** When the last byte was written, on the clock that never jumps. */
  readonly lastWrite: number;
  beat(): void;
}

const intervals = perClock(() => new Map<number, Beats>());

/** The heartbeats of all readers that share an interval, in ms; none for `Infinity`. */
export function beatsEvery(interval: number): Beats | undefined {
  if (interval === Infinity) return undefined;
  const shared = intervals();
  let beats = shared.get(interval);
  if (beats === undefined) {
    beats = new Beats(interval);
    shared.set(interval, beats);
  }
  return beats;
}

/**
 * One timer for any number of readers.
 *
 * All readers here have the same interval, so the one that was written to
 * longest ago is due first: a set in the order of the last write is already
 * sorted, and moving a reader to its end is all that a write costs.
 */
export class Beats {
  readonly #interval: number;
  readonly #waiting = new Set<Beating>();
  #timer: Subscription | undefined;

  constructor(interval: number) {
    this.#interval = interval;
  }

  add(connection: Beating): void {
    this.#waiting.add(connection);
    if (this.#timer === undefined) this.#arm(connection.lastWrite + this.#interval);
  }

  move(connection: Beating): void {
    if (!this.#waiting.delete(connection)) return;
    this.#waiting.add(connection);
  }

  remove(connection: Beating): void {
    this.#waiting.delete(connection);
    if (this.#waiting.size > 0) return;
    this.#timer?.unsubscribe();
    this.#timer = undefined;
  }

  #arm(due: number): void {
    const beats = this;
    function check(this: SchedulerAction<void>): void {
      const next = beats.#sweep();
      if (next === undefined) beats.#timer = undefined;
      else this.schedule(undefined, wait(next));
    }
    this.#timer = asyncScheduler.schedule(check, wait(due));
  }

  /** Writes to those who are due; tells when the next one is. */
  #sweep(): number | undefined {
    const now = clock.now();
    let written = 0;
    for (const connection of this.#waiting) {
      const due = connection.lastWrite + this.#interval;
      // The rest goes on in a turn of its own, after what else the loop has to do.
      if (due > now || written === slice) return due;
      written++;
      connection.beat();
    }
    return undefined;
  }
}

function wait(due: number): number {
  return Math.min(Math.max(Math.ceil(due - clock.now()), 0), longest);
}
