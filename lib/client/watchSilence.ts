import { asyncScheduler, type SchedulerAction, type Subscription } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { clock } from '../time/clock.ts';

/** Looks out for a silence that is too long. */
export interface SilenceWatch {
  /** Something came. */
  heard(): void;
  /** So much silence is allowed from here on, in ms. */
  allow(silence: number): void;
  stop(): void;
}

/** Calls back once, when nothing was heard for longer than is allowed. Hearing moves the deadline and sets no timer. */
export function watchSilence(dead: () => void): SilenceWatch {
  let allowed = Infinity;
  let last = clock.now();
  let timer: Subscription | undefined;

  function check(this: SchedulerAction<void>): void {
    const left = last + allowed - clock.now();
    if (left <= 0) dead();
    else this.schedule(undefined, Math.min(left, maxTimerDelay));
  }
  return {
    heard: () => {
      last = clock.now();
    },
    allow: (silence) => {
      timer?.unsubscribe();
      allowed = silence;
      last = clock.now();
      timer = allowed === Infinity ? undefined : asyncScheduler.schedule(check, Math.min(allowed, maxTimerDelay));
    },
    stop: () => timer?.unsubscribe(),
  };
}
