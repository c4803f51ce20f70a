import { Reader, type ReaderTarget } from '../../lib/feed/Reader.ts';
import type { Clock } from '../../lib/time/clock.ts';

/** A reader that is behind and runs a function when it is served. */
export class Behind extends Reader {
  readonly errors: unknown[];

  constructor(serve: (self: Behind) => void) {
    const errors: unknown[] = [];
    super({ ...idleTarget, fail: (error) => void errors.push(error) });
    this.errors = errors;
    this.readerSet = { writePage: () => serve(this) };
  }
}

/** A target that takes everything and does nothing. */
export const idleTarget: ReaderTarget = {
  checkReady: () => true,
  write: () => true,
  writeGap: () => {},
  end: () => {},
  fail: () => {},
  endForShutdown: () => {},
};

/** Returns several of them, each with its number. */
export const several = (count: number, step: (index: number, self: Behind) => void): readonly Behind[] =>
  Array.from({ length: count }, (_, index) => new Behind((self) => step(index, self)));

/** A clock whose time and turns a spec moves itself. */
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
