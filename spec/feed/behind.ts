import { Swept } from '../../lib/feed/sweep.ts';
import type { Clock } from '../../lib/time/clock.ts';

/** One who is behind, and does when it is its turn what a spec says. */
export class Behind extends Swept {
  readonly errors: unknown[] = [];
  readonly #step: (self: Behind) => void;

  constructor(step: (self: Behind) => void) {
    super();
    this.#step = step;
  }

  override step(): void {
    this.#step(this);
  }

  override fail(error: unknown): void {
    this.errors.push(error);
  }
}

/** Several of them, each with its number. */
export const several = (count: number, step: (index: number, self: Behind) => void): readonly Behind[] =>
  Array.from({ length: count }, (_, index) => new Behind((self) => step(index, self)));

/** A clock whose time moves when a spec says so, and which is run by hand. */
export class HandClock implements Clock {
  time = 0;
  readonly micros: (() => void)[] = [];
  readonly turns: (() => void)[] = [];

  now(): number {
    return this.time;
  }

  turn(work: () => void): void {
    this.turns.push(work);
  }

  micro(work: () => void): void {
    this.micros.push(work);
  }

  random(length: number): Uint8Array {
    return new Uint8Array(length);
  }
}
