import { asyncScheduler, Observable, type Subscription } from 'rxjs';
import { checkBoolean, checkFunction } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import { type BackoffOptions, backoffBound, backoffKinds, checkBackoff, fullJitter } from '../time/backoff.ts';
import { clock } from '../time/clock.ts';
import { listen } from './listen.ts';
import { type AnyObservable, observableIn } from './observableFrom.ts';

/** When an attempt is followed by another one. @category operator */
export interface RestartOptions extends BackoffOptions {
  /** Starts another attempt also after one that completes, for a source that should never end. @default false */
  readonly restartOnEnd?: boolean;
}

/** The argument of the factory. `L` is the type of `last`, where the factory declares it. @category operator */
export interface Attempt<L = unknown> {
  /** The number of restarts in a row: 0 for the first attempt, 1 for the next, and 1 again after a stable attempt. */
  readonly attempt: number;
  /** The last value of the attempts before, from which a source can continue; `undefined` before the first value. */
  readonly last: L | undefined;
  /** Aborted when the attempt ends or is unsubscribed from. */
  readonly signal: AbortSignal;
}

/**
 * Subscribes to an Observable that a factory makes, and to a new one each time it fails.
 *
 * Between two attempts it waits for a random time up to a bound that doubles with
 * each failure (full jitter), so that sources that failed together do not restart
 * together. With waits of 3 ms and then 5 ms it is
 *
 * ```text
 * attempt 0    -a-#
 * attempt 1          --#
 * attempt 2                 -b-|
 * result       -a------------b-|
 * ```
 *
 * Completes with an attempt that completes, unless `restartOnEnd` is set. Errors with
 * the last failure when `maxAttempts` is reached. An error that the factory throws is
 * a failure too; a result that is not an Observable errors the stream at once.
 * Unsubscribing ends the attempt or the wait, and aborts the signal. Holds the last
 * value.
 *
 * @example Prices over a connection that breaks now and then
 * const prices = restartWithBackoff(({ signal }) => fromUpstream(signal), { maxDelay: 10_000 });
 *
 * @throws TypeError at once, for an option of a wrong type. RangeError for an option out of range.
 * @see RxJS `retry({ delay })`, which has no jitter, no bounds, and no reset after a stable attempt.
 * @category operator
 */
export function restartWithBackoff<L, T extends L>(
  factory: (attempt: Attempt<L>) => AnyObservable<T>,
  options: RestartOptions = {},
): Observable<T> {
  checkOptions('restartWithBackoff', options, { ...backoffKinds, restartOnEnd: '' });
  const { initialDelay = 1000, maxDelay = 30_000, resetAfter = 60_000, maxAttempts = Infinity } = options;
  const { restartOnEnd = false, onFailure } = options;
  checkFunction('restartWithBackoff: factory', factory);
  checkBackoff('restartWithBackoff: ', { initialDelay, maxDelay, maxAttempts, resetAfter });
  if (onFailure !== undefined) checkFunction('restartWithBackoff: onFailure', onFailure);
  checkBoolean('restartWithBackoff: restartOnEnd', restartOnEnd);

  return new Observable((subscriber) => {
    let failures = 0;
    let last: T | undefined;
    let abortAttempt = (): void => {};
    let waiting: Subscription | undefined;

    const start = (): void => {
      if (subscriber.closed) return;
      const startedAt = clock.now();
      const { attempt, abort } = attemptOf(failures, last);
      let isEnded = false;
      abortAttempt = abort;
      const onEnd = (error: unknown): void => {
        // An attempt may throw once more, from its teardown.
        if (isEnded) return;
        isEnded = true;
        abort();
        if (subscriber.closed) return;
        if (clock.now() - startedAt >= resetAfter) failures = 0;
        if (failures >= maxAttempts) return error === completed ? subscriber.complete() : subscriber.error(error);
        const delay = fullJitter(backoffBound(failures, initialDelay, maxDelay));
        failures++;
        try {
          if (error !== completed) onFailure?.(error, delay);
        } catch (thrown) {
          return subscriber.error(thrown);
        }
        // `onFailure` may have unsubscribed.
        if (!subscriber.closed) waiting = asyncScheduler.schedule(start, delay);
      };
      const next = (value: T): void => {
        last = value;
        subscriber.next(value);
      };
      const complete = (): void => (restartOnEnd ? onEnd(completed) : subscriber.complete());
      try {
        const source = factory(attempt);
        // A mistake in the program, which another attempt would repeat.
        if (observableIn(source) === undefined)
          return subscriber.error(new TypeError(`${noObservable}, got ${kindOf(source)}`));
        if (!subscriber.closed) listen(source, subscriber, { next, error: onEnd, complete });
      } catch (error) {
        onEnd(error);
      }
    };

    // Before the first attempt, which may emit, and be unsubscribed from, before its subscription is returned.
    subscriber.add(() => {
      abortAttempt();
      waiting?.unsubscribe();
    });
    start();
  });
}

/** Returns the argument of the factory. Its signal is created on first use, since that costs more than all the rest. */
function attemptOf<T>(failures: number, last: T | undefined): { readonly attempt: Attempt<T>; abort(): void } {
  let controller: AbortController | undefined;
  let isAborted = false;
  const attempt = {
    attempt: failures,
    last,
    get signal(): AbortSignal {
      controller ??= new AbortController();
      if (isAborted) controller.abort();
      return controller.signal;
    },
  };
  const abort = (): void => {
    isAborted = true;
    controller?.abort();
  };
  return { attempt, abort };
}

const noObservable = 'restartWithBackoff: factory must return an Observable';

/** Stands for the error of an attempt that completed. */
const completed = Symbol('completed');
