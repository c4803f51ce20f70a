import { asyncScheduler } from 'rxjs';
import type { Clock } from '../time/clock.ts';
import { wordsFrom } from './random.ts';
import type { VirtualScheduler } from './VirtualScheduler.ts';

/** A clock that has the scheduler's time, and chance that repeats itself from the seed. */
export function virtualClock(scheduler: VirtualScheduler, seed: number): Clock {
  const word = wordsFrom(seed);
  const byte = () => word() & 0xff;
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
