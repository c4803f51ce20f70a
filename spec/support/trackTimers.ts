import { asyncScheduler } from 'rxjs';

/** The timers that were set since, and still wait. */
interface TrackedTimers {
  readonly pending: number;
  /** How many were ever set. */
  readonly set: number;
  /** The longest wait that was asked for, in ms. */
  readonly longest: number;
  stop(): void;
}

/** Looks on while RxJS's timers are set, until it is stopped. */
export function trackTimers(): TrackedTimers {
  const timers: { readonly closed: boolean }[] = [];
  let longest = 0;
  const schedule = asyncScheduler.schedule;
  asyncScheduler.schedule = function (this: typeof asyncScheduler, ...given: unknown[]) {
    const timer = Reflect.apply(schedule, this, given);
    timers.push(timer);
    if (typeof given[1] === 'number') longest = Math.max(longest, given[1]);
    return timer;
  };
  return {
    get pending() {
      // One that has run is not closed; RxJS reuses its action where it is scheduled again.
      return timers.filter((timer) => !timer.closed && Reflect.get(timer, 'pending') === true).length;
    },
    get set() {
      return timers.length;
    },
    get longest() {
      return longest;
    },
    stop: () => {
      asyncScheduler.schedule = schedule;
    },
  };
}
