import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  from,
  Observable,
  type ObservableInput,
  repeat,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import { checkDelay, checkFunction, checkNumber, maxTimerDelay } from '../data/check.ts';
import { ConnectionError } from '../error/ConnectionError.ts';
import { backoffBound, fullJitter } from '../time/backoff.ts';
import { randomFraction } from '../time/clock.ts';
import { foundIn, type Polled } from './conditionalGet.ts';
import { type Known, type PollRequest, requestOf } from './PollRequest.ts';

/** How often to ask, and what to do when that fails. @category source */
export interface FromPollOptions {
  /** The wait from an answer to the next question, in milliseconds. Above 0; no more than 2147483647. */
  readonly interval: number;
  /**
   * The share of a wait that is left to chance, from 0, which keeps it whole, to
   * 1, which leaves nothing certain; so that many that began together do not ask together.
   *
   * @default 0
   */
  readonly jitter?: number;
  /**
   * The longest silence of one poll, in milliseconds: before its first value, and between two. One that is silent for
   * longer has failed. `Infinity` waits for ever.
   *
   * @default 30000
   */
  readonly timeout?: number;
  /**
   * The longest wait of all after failures, in milliseconds. At least `every`.
   *
   * @default 300000, or `every` where that is longer
   */
  readonly maxDelay?: number;
  /** Failures in a row before one is passed on; 0 passes the first one on. @default Infinity: for ever */
  readonly maxAttempts?: number;
  /**
   * Hears of each failure after which it will ask again, and of the wait in milliseconds. What it throws ends the
   * stream.
   *
   * @default nobody
   */
  readonly onFailure?: (error: unknown, wait: number) => void;
}

/**
 * Asks again and again: at once, and each time so long after the answer.
 *
 * For what has no stream of its own. A question is asked when the one before is
 * answered and the wait is over, so a slow server is never asked twice at a time.
 * With `conditionalGet` around a `fetch` it asks whether there is anything new.
 *
 * ```text
 * answers, each      --a|
 * fromPoll every 3   --a-----a-----a---
 * ```
 *
 * After a failure (it throws, rejects, errors, or is silent for too long) it waits
 * for a random time up to a bound that begins at twice `every` and doubles with
 * each failure in a row (full jitter), and at least as long as a `Retry-After`
 * says, but never longer than `max`. Never completes by itself. Errors with the
 * last failure when the `limit` is reached. Unsubscribing leaves the poll, or the
 * wait; a poll that is over or left has its signal aborted. Each subscriber polls
 * on its own.
 *
 * @example The depth of a queue
 * const depth = fromPoll(
 *   async ({ signal }) => (await fetch('http://localhost:4000/depth', { signal })).json(),
 *   { every: 5000, jitter: 0.1 },
 * );
 *
 * @example What came after the last one
 * const found = fromPoll(({ last }: PollRequest<number>) => above(last ?? 0), { every: 1000 });
 *
 * @throws RangeError at once for an option out of range.
 * @see conditionalGet for conditional requests.
 * @category source
 */
export function fromPoll<L, T extends L>(
  poll: (request: PollRequest<L>) => ObservableInput<T | Polled<T>>,
  {
    interval,
    jitter = 0,
    timeout: patience = 30_000,
    maxDelay = Math.max(interval, 300_000),
    maxAttempts = Infinity,
    onFailure,
  }: FromPollOptions,
): Observable<T> {
  checkDelay('fromPoll: interval', interval);
  checkNumber('fromPoll: jitter', jitter, { min: 0, max: 1 });
  if (patience !== Infinity) checkDelay('fromPoll: timeout', patience, 'use Infinity for none');
  checkNumber('fromPoll: maxDelay', maxDelay, { min: interval, max: maxTimerDelay, unit: 'ms' });
  checkNumber('fromPoll: maxAttempts', maxAttempts, { min: 0 });
  if (onFailure !== undefined) checkFunction('fromPoll: onFailure', onFailure);

  return defer(() => {
    let known: Known<T> = {};
    let failures = 0;
    let wait = 0;

    const remember = (answer: T | Polled<T>): readonly T[] => {
      const { values, validators: { etag, lastModified } = known } = foundIn(answer);
      known = { ...known, etag, lastModified, ...(values.length > 0 && { last: values.at(-1) as T }) };
      return values;
    };
    const once = new Observable<T | Polled<T>>((subscriber) => {
      const abort = new AbortController();
      // Before it is asked: it may answer, and be left, before its subscription returns.
      subscriber.add(() => abort.abort());
      const answers = from(poll(requestOf<L>(known, abort.signal)));
      subscriber.add(
        (patience === Infinity ? answers : answers.pipe(timeout({ each: patience }))).subscribe(subscriber),
      );
    });

    return once.pipe(
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

function waitAfter(error: unknown, bound: number, max: number): number {
  const asked = error instanceof ConnectionError ? (error.retryAfter ?? 0) : 0;
  return Math.min(max, Math.max(fullJitter(bound), asked));
}
