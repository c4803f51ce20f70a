import { asyncScheduler, isObservable, Observable, type Subscription } from 'rxjs';
import { checkFunction } from '../data/check.ts';
import { kindOf } from '../data/kindOf.ts';
import { type BackoffOptions, backoffBound, checkBackoff, fullJitter } from '../time/backoff.ts';
import { clock } from '../time/clock.ts';
import { listen } from './listen.ts';

/** When an attempt is followed by another one. @category operator */
export interface RestartOptions extends BackoffOptions {
  /** Whether an attempt that completes is followed by another one as well, for a source that never ends. @default false */
  readonly restartOnEnd?: boolean;
}

/** What an attempt knows of the ones before it. `L` is what they give, where the factory says so. @category operator */
export interface Attempt<L = unknown> {
  /** Restarts in a row: 0 for the first attempt, 1 for the next, and 1 again after one that was stable. */
  readonly attempt: number;
  /** The last value of those before it, after which a source can go on; `undefined` when there was none. */
  readonly last: L | undefined;
  /** Aborted when the attempt is left or over. */
  readonly signal: AbortSignal;
}

/**
 * Subscribes to what the factory makes, and when that fails, to what it makes then.
 *
 * Waits between a failure and the next attempt, for a random time up to a bound
 * that doubles (full jitter), so that many that failed together do not come back
 * together. Where the first wait came out as 3 ms and the second as 5 it is
 *
 * ```text
 * attempt 0    -a-#
 * attempt 1          --#
 * attempt 2                 -b-|
 * result       -a------------b-|
 * ```
 *
 * Completes with an attempt that completes, unless `restartOnEnd`. Errors when the
 * limit is reached, with the last failure; what the factory throws is a failure
 * too, and what is no Observable an error at once. Unsubscribing leaves the
 * attempt, or the wait; an attempt that is over or left has its signal aborted.
 * Holds the last value.
 *
 * @example Prices, over a connection that breaks now and then
 * const prices = restartWithBackoff(({ signal }) => fromUpstream(signal), { max: 10_000 });
 *
 * @throws RangeError at once for an option out of range. TypeError for what is no function.
 * @see RxJS `retry({ delay })`, which has no jitter, no bounds, and no notion of stable.
 * @category operator
 */
export function restartWithBackoff<L, T extends L>(
  make: (attempt: Attempt<L>) => Observable<T>,
  options: RestartOptions = {},
): Observable<T> {
  const {
    initialDelay = 1000,
    maxDelay = 30_000,
    resetAfter = 60_000,
    maxAttempts = Infinity,
    restartOnEnd = false,
  } = options;
  const { onFailure } = options;
  checkFunction('restartWithBackoff', make);
  checkBackoff('restartWithBackoff: ', { initialDelay, maxDelay, maxAttempts, resetAfter }, onFailure);

  return new Observable((subscriber) => {
    let attempt = 0;
    let last: T | undefined;
    let leave = (): void => {};
    let waiting: Subscription | undefined;

    const begin = (): void => {
      if (subscriber.closed) return;
      const begun = clock.now();
      const { told, end } = tell(attempt, last);
      let isOver = false;
      leave = end;
      const over = (error: unknown): void => {
        // One that is over may yet throw from its teardown.
        if (isOver) return;
        isOver = true;
        end();
        if (subscriber.closed) return;
        if (clock.now() - begun >= resetAfter) attempt = 0;
        if (attempt >= maxAttempts) return error === ended ? subscriber.complete() : subscriber.error(error);
        const wait = fullJitter(backoffBound(attempt, initialDelay, maxDelay));
        attempt++;
        try {
          if (error !== ended) onFailure?.(error, wait);
        } catch (mistake) {
          return subscriber.error(mistake);
        }
        // Who is told of it may make the reader leave.
        if (!subscriber.closed) waiting = asyncScheduler.schedule(begin, wait);
      };
      const next = (value: T): void => {
        last = value;
        subscriber.next(value);
      };
      const complete = (): void => (restartOnEnd ? over(ended) : subscriber.complete());
      try {
        const made = make(told);
        // A mistake of the program, that no other attempt mends.
        if (!isObservable(made)) return subscriber.error(new TypeError(`${mistaken}, got ${kindOf(made)}`));
        if (!subscriber.closed) listen(made, subscriber, { next, error: over, complete });
      } catch (error) {
        over(error);
      }
    };

    // Before the first attempt is made: it may run, and be left, before its subscription returns.
    subscriber.add(() => {
      leave();
      waiting?.unsubscribe();
    });
    begin();
  });
}

/** What an attempt is told, and its end. The signal is made when it is asked for: that costs more than all the rest. */
function tell<T>(attempt: number, last: T | undefined): { readonly told: Attempt<T>; end(): void } {
  let abort: AbortController | undefined;
  let isOver = false;
  const told = {
    attempt,
    last,
    get signal(): AbortSignal {
      abort ??= new AbortController();
      if (isOver) abort.abort();
      return abort.signal;
    },
  };
  const end = (): void => {
    isOver = true;
    abort?.abort();
  };
  return { told, end };
}

const mistaken = 'restartWithBackoff: expected the factory to give an Observable';

/** Told instead of the end of an attempt that is followed by another. */
const ended = Symbol('ended');
