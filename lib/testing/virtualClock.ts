import { asyncScheduler } from 'rxjs';
import type { Clock } from '../clock.ts';
import type { VirtualScheduler } from './VirtualScheduler.ts';

/** A clock that has the scheduler's time, and chance that repeats itself from the seed. */
export function virtualClock(scheduler: VirtualScheduler, seed: number): Clock {
  const byte = bytesFrom(seed);
  return {
    now: () => scheduler.frame,
    turn: (work) => {
      // Not by the scheduler itself: RxJS lets an asap action take the step of a timer, and the timer that of the asap
      // action, so that a turn with a step of its own could overtake a timer that is due.
      asyncScheduler.schedule(() => work());
    },
    micro: (work) => scheduler.micro(work),
    random: (length) => Uint8Array.from({ length }, byte),
  };
}

/** Mulberry32: one word of state, and even enough for names that need only differ. */
function bytesFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) & 0xff;
  };
}
