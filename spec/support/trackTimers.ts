import { asyncScheduler } from 'rxjs';

/** The timers of RxJS that were started since. */
interface TrackedTimers {
  /** The number of timers that have not run yet. */
  readonly pending: number;
  /** The number of all timers. */
  readonly set: number;
  /** The longest delay, in ms. */
  readonly longest: number;
  stop(): void;
}

/** Records the timers that RxJS starts, until it is stopped. */
export function trackTimers(): TrackedTimers {
  const timers: { readonly closed: boolean }[] = [];
  let longest = 0;
  const schedule = asyncScheduler.schedule;
  asyncScheduler.schedule = function (this: typeof asyncScheduler, ...args: unknown[]) {
    const timer = Reflect.apply(schedule, this, args);
    timers.push(timer);
    if (typeof args[1] === 'number') longest = Math.max(longest, args[1]);
    return timer;
  };
  return {
    get pending() {
      // A timer that has run is not closed; RxJS reuses its action where it is scheduled again.
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
