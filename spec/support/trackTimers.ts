import { asyncScheduler } from 'rxjs';

/** The timers that were set since, and still wait. */
export interface TrackedTimers {
  readonly pending: number;
  /** How many were ever set. */
  readonly set: number;
  stop(): void;
}

/** Looks on while RxJS's timers are set, until it is stopped. */
export function trackTimers(): TrackedTimers {
  const timers: { readonly closed: boolean }[] = [];
  const schedule = asyncScheduler.schedule;
  asyncScheduler.schedule = function (this: typeof asyncScheduler, ...given: unknown[]) {
    const timer = Reflect.apply(schedule, this, given);
    timers.push(timer);
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
    stop: () => {
      asyncScheduler.schedule = schedule;
    },
  };
}
