import { asyncScheduler } from 'rxjs';
import type { Clock } from '../time/clock.ts';
import { randomFrom } from './randomScript.ts';
import type { VirtualScheduler } from './VirtualScheduler.ts';

/** A clock with the time of the scheduler, and random numbers that repeat for a seed. */
export function virtualClock(scheduler: VirtualScheduler, seed: number): Clock {
  const random = randomFrom(seed);
  const byte = () => random() & 0xff;
  return {
    now: () => scheduler.frame,
    turn: (work) => {
      // Not through the scheduler itself: RxJS lets an asap action run in the step of a timer, and the timer in that of
      // the asap action, so that a turn with a step of its own could overtake a timer that is due.
      asyncScheduler.schedule(() => work());
    },
    micro: (work) => scheduler.micro(work),
    random: (length) => Uint8Array.from({ length }, byte),
  };
}
