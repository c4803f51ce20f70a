/**
 * The inputs of the library that are not arguments: time, turns of the event loop,
 * microtasks, and randomness. The test kit replaces all four for one run; nothing
 * else may. Timers are missing here because they are RxJS's own `asyncScheduler`,
 * which a `TestScheduler` makes virtual.
 *
 * @internal
 */
export interface Clock {
  /** Returns the milliseconds of a monotonic clock. Use `asyncScheduler.now()` for dates. */
  now(): number;
  /** Runs the work in a later turn of the event loop. */
  turn(work: () => void): void;
  /** Runs the work in a microtask, in the same turn of the event loop. */
  micro(work: () => void): void;
  /** Returns this many cryptographically random bytes. */
  random(length: number): Uint8Array;
}

const real: Clock = {
  now: () => performance.now(),
  turn: (work) => {
    // A page has no setImmediate.
    (globalThis.setImmediate ?? setTimeout)(work);
  },
  micro: (work) => queueMicrotask(work),
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

let current = real;

/** The current clock. @internal */
export const clock: Clock = {
  now: () => current.now(),
  turn: (work) => current.turn(work),
  micro: (work) => current.micro(work),
  random: (length) => current.random(length),
};

/** Replaces the clock, or restores the real one. Only the test kit may call it. @internal */
export function replaceClock(replacement: Clock | undefined): void {
  current = replacement ?? real;
}

/**
 * Returns a getter of shared state, such as the timer of all heartbeats, with one
 * instance for each clock: each virtual run has its own, which is collected with it.
 *
 * @internal
 */
export function perClock<T extends object>(make: () => T): () => T {
  const states = new WeakMap<Clock, T>();
  return () => {
    let state = states.get(current);
    if (state === undefined) {
      state = make();
      states.set(current, state);
    }
    return state;
  };
}

/** Returns a random number of at least 0 and below 1. @internal */
export function randomFraction(): number {
  return clock.random(4).reduce((sum, byte) => (sum + byte) / 256, 0);
}
