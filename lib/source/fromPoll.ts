import { catchError, concatMap, defer, EMPTY, Observable, repeat, tap, throwError, timeout, timer } from 'rxjs';
import { checkDelay, checkFunction, checkNumber, maxTimerDelay } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import type { ConnectionError } from '../error/ConnectionError.ts';
import { hasTag } from '../error/RxsseError.ts';
import { observableFrom, type StreamInput } from '../operator/observableFrom.ts';
import { type BackoffOptions, backoffBound, fullJitter } from '../time/backoff.ts';
import { randomFraction } from '../time/clock.ts';
import { type Polled, valuesIn } from './conditionalGet.ts';
import { type PollRequest, type PollState, pollRequestOf } from './PollRequest.ts';

/** How often to poll, and what to do when a poll fails. @category source */
export interface FromPollOptions extends Pick<BackoffOptions, 'maxDelay' | 'maxAttempts' | 'onFailure'> {
  /** The wait from the end of a poll to the next one, in milliseconds. Above 0, at most 2147483647. */
  readonly interval: number;
  /**
   * The share of each wait that is random, from 0, which waits the whole interval, to 1, which waits a random time up to
   * it; so that many programs that started together do not poll together.
   *
   * @default 0
   */
  readonly jitter?: number;
  /**
   * The longest silence of one poll, in milliseconds: before its first value, and between two. A longer one is a
   * failure. Above 0, at most 2147483647; `Infinity` waits without end.
   *
   * @default 30000
   */
  readonly idleTimeout?: number;
  /**
   * The longest wait after a failure, in milliseconds. At least `interval`, at most 2147483647.
   *
   * @default 300000, or `interval` where that is longer
   */
  readonly maxDelay?: number;
}

/**
 * Polls: calls a function at once, and again an interval after each of its results.
 *
 * Use it for a service that has no stream of its own. A poll starts when the one before
 * has ended and the wait is over, so a slow server never has two requests at a time.
 * With `conditionalGet` around `fetch` it downloads only what has changed.
 *
 * ```text
 * each poll              --a|
 * fromPoll, interval 3   --a-----a-----a---
 * ```
 *
 * After a failure (the function throws, its result rejects or errors, or is silent
 * longer than `idleTimeout`) it waits for a random time up to a bound that starts at
 * twice the interval and doubles with each failure in a row (full jitter), at least as
 * long as a `Retry-After` requests, and at most `maxDelay`. Never completes. Errors with
 * the last failure when `maxAttempts` is reached. Unsubscribing ends the poll or the
 * wait; the signal of a poll is aborted when it ends. Each subscriber polls for itself.
 * Holds the last value.
 *
 * @example The depth of a queue
 * const depth = fromPoll(
 *   async ({ signal }) => (await fetch('http://localhost:4000/depth', { signal })).json(),
 *   { interval: 5000, jitter: 0.1 },
 * );
 *
 * @example What is newer than the last value
 * const found = fromPoll(({ last }: PollRequest<number>) => above(last ?? 0), { interval: 1000 });
 *
 * @throws TypeError at once, for an option of a wrong type. RangeError for an option out of range.
 * @see conditionalGet for conditional requests, and RxJS `timer` with `exhaustMap` where failures need no care.
 * @category source
 */
export function fromPoll<L, T extends L>(
  poll: (request: PollRequest<L>) => StreamInput<T | Polled<T>>,
  options: FromPollOptions,
): Observable<T> {
  checkOptions('fromPoll', options, {
    interval: '',
    jitter: '',
    idleTimeout: '',
    maxDelay: '',
    maxAttempts: '',
    onFailure: '',
  });
  const { interval, jitter = 0, idleTimeout = 30_000, maxAttempts = Infinity, onFailure } = options;
  const { maxDelay = Math.max(interval, 300_000) } = options;
  checkFunction('fromPoll: poll', poll);
  checkDelay('fromPoll: interval', interval);
  checkNumber('fromPoll: jitter', jitter, { min: 0, max: 1 });
  if (idleTimeout !== Infinity) checkDelay('fromPoll: idleTimeout', idleTimeout, 'use Infinity to wait without end');
  checkNumber('fromPoll: maxDelay', maxDelay, { min: interval, max: maxTimerDelay, unit: 'ms' });
  checkNumber('fromPoll: maxAttempts', maxAttempts, { min: 0 });
  if (onFailure !== undefined) checkFunction('fromPoll: onFailure', onFailure);

  return defer(() => {
    let state: PollState<T> = {};
    let failures = 0;
    let wait = 0;

    const remember = (answer: T | Polled<T>): readonly T[] => {
      const { values, validators: { etag, lastModified } = state } = valuesIn(answer);
      state = { ...state, etag, lastModified, ...(values.length > 0 && { last: values.at(-1) as T }) };
      return values;
    };
    const pollOnce = new Observable<T | Polled<T>>((subscriber) => {
      const abort = new AbortController();
      // Before the poll, which may emit, and be unsubscribed from, before its subscription is returned.
      subscriber.add(() => abort.abort());
      const answers = observableFrom(poll(pollRequestOf<L>(state, abort.signal)));
      const bounded = idleTimeout === Infinity ? answers : answers.pipe(timeout({ each: idleTimeout }));
      subscriber.add(bounded.subscribe(subscriber));
    });

    return pollOnce.pipe(
      concatMap(remember),
      tap({
        complete: () => {
          failures = 0;
          wait = interval * (1 - jitter * randomFraction());
        },
      }),
      catchError((error) => {
        if (failures >= maxAttempts) return throwError(() => error);
        failures++;
        wait = waitAfter(error, backoffBound(failures, interval, maxDelay), maxDelay);
        onFailure?.(error, wait);
        return EMPTY;
      }),
      repeat({ delay: () => timer(wait) }),
    );
  });
}

function waitAfter(error: unknown, bound: number, maxDelay: number): number {
  const requested = hasTag<ConnectionError>(error, 'ConnectionError') ? (error.retryAfter ?? 0) : 0;
  return Math.min(maxDelay, Math.max(fullJitter(bound), requested));
}
