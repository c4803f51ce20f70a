/**
 * Everything of the outside world that is not an argument: the time, a turn of
 * the event loop, a microtask, and chance. The test kit replaces all four for
 * one run; nothing else may. Timers are not here: they are RxJS's own
 * `asyncScheduler`, which a `TestScheduler` already makes virtual.
 *
 * @internal
 */
export interface Clock {
  /** Milliseconds of a clock that never jumps. For dates there is `asyncScheduler.now()`. */
  now(): number;
  /** Runs the work in a later turn of the event loop. */
  turn(work: () => void): void;
  /** Runs the work when the code that runs now has returned, in the same turn. */
  micro(work: () => void): void;
  /** That many unguessable bytes. */
  random(length: number): Uint8Array;
}

const real: Clock = {
  now: () => performance.now(),
  turn: (work) => {
    setImmediate(work);
  },
  micro: (work) => queueMicrotask(work),
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

let current = real;

/** The clock in force. @internal */
export const clock: Clock = {
  now: () => current.now(),
  turn: (work) => current.turn(work),
  micro: (work) => current.micro(work),
  random: (length) => current.random(length),
};

/** Puts another clock in force, or the real one back. For the test kit alone. @internal */
export function replaceClock(replacement: Clock | undefined): void {
  current = replacement ?? real;
}

/**
 * State that all of one kind share, such as the timer of all heartbeats, hung on
 * the clock in force: each virtual run has its own, gone with it.
 *
 * @internal
 */
export function perClock<T extends object>(make: () => T): () => T {
  const made = new WeakMap<Clock, T>();
  return () => {
    let state = made.get(current);
    if (state === undefined) {
      state = make();
      made.set(current, state);
    }
    return state;
  };
}

/** A number from 0 to below 1. @internal */
export function randomFraction(): number {
  return clock.random(4).reduce((sum, byte) => (sum + byte) / 256, 0);
}
