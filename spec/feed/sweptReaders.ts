import { Reader, type ReaderTarget } from '../../lib/feed/Reader.ts';
import type { Clock } from '../../lib/time/clock.ts';

/** A reader that calls a function when the sweep serves it. */
export class SweptReader extends Reader {
  readonly errors: unknown[];

  constructor(serve: (self: SweptReader) => void) {
    const errors: unknown[] = [];
    super({ ...idleTarget, fail: (error) => void errors.push(error) });
    this.errors = errors;
    this.readerSet = { writePage: () => serve(this) };
  }
}

/** A target that accepts every write and does nothing. */
export const idleTarget: ReaderTarget = {
  checkReady: () => true,
  write: () => true,
  writeGap: () => {},
  end: () => {},
  fail: () => {},
  endForShutdown: () => {},
};

/** Returns `count` readers, each of which calls the function with its index. */
export const sweptReaders = (count: number, step: (index: number, self: SweptReader) => void): readonly SweptReader[] =>
  Array.from({ length: count }, (_, index) => new SweptReader((self) => step(index, self)));

/** A clock whose time and turns a spec advances. */
export class ManualClock implements Clock {
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
