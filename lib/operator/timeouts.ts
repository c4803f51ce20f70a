import { from, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';
import { checkDuration, checkFunction } from '../data/check.ts';
import { StreamTimeoutError } from '../error/StreamTimeoutError.ts';
import { Alarm } from '../time/Alarm.ts';
import { clock } from '../time/clock.ts';
import { isBare } from './EventIn.ts';
import { listen } from './listen.ts';

/** How long a stream may take, in milliseconds. At least one limit; each above 0, `Infinity` for none. @category operator */
export interface TimeoutsOptions<R> {
  /** Until the first value. @default `each` */
  readonly first?: number;
  /** Between a value and the next. @default Infinity */
  readonly idle?: number;
  /** Until the stream is over. @default Infinity */
  readonly total?: number;
  /** What the stream goes on with instead; no limit holds for that. What it throws is an error of the stream. @default it fails */
  readonly with?: (error: StreamTimeoutError) => ObservableInput<R>;
}

/**
 * Leaves a source that takes too long, and fails or goes on with another.
 *
 * For a source that may hang: it is told by a {@link StreamTimeoutError} which limit
 * it was. Each value moves the deadline, and a value at the deadline is in time.
 *
 * ```text
 * source                       --a-b------c|
 * timeouts first 3, idle 5     --a-b----#
 * the same, with another       --a-b----x-y|
 * ```
 *
 * Completes and errors with the source, or with what took its place.
 * Unsubscribing stops the timer. Holds one timer, whatever the source's rate.
 * Bare places of a feed pass and are no values: nobody sees them.
 *
 * @example Go on with old news when the new do not come
 * const read = news(true).pipe(timeouts({ first: 2000, idle: 60_000, with: () => news(false) }));
 *
 * @throws TypeError at once, when there is no limit. RangeError for one that is not above 0.
 * @see RxJS `timeout`, which sets and clears a timer for each value, and has no `all`.
 * @category operator
 */
export function timeouts<T, R = never>(options: TimeoutsOptions<R>): OperatorFunction<T, T | R> {
  const { first, idle = Infinity, total = Infinity, with: another } = options;
  if ((first ?? options.idle ?? options.total) === undefined) {
    throw new TypeError('timeouts: expected at least one of first, idle and total');
  }
  for (const [name, ms] of Object.entries({ first: first ?? idle, idle, total }))
    checkDuration(`timeouts: ${name}`, ms);
  if (another !== undefined) checkFunction('timeouts: with', another);

  return (source) =>
    new Observable((subscriber) => {
      const begun = clock.now();
      const last = begun + total;
      let next = begun + (first ?? idle);
      let limit: StreamTimeoutError['kind'] = first === undefined ? 'idle' : 'first';

      const alarm = new Alarm(
        subscriber,
        () => {
          const reached = next <= last ? limit : 'total';
          const error = new StreamTimeoutError(reached, { first: first ?? idle, idle, total }[reached]);
          try {
            listener.unsubscribe();
          } finally {
            goOn(error);
          }
        },
        true,
      );
      const goOn = (error: StreamTimeoutError): void => {
        if (another === undefined) return subscriber.error(error);
        try {
          from(another(error)).subscribe(subscriber);
        } catch (thrown) {
          subscriber.error(thrown);
        }
      };
      const listener = listen(source, subscriber, {
        next: (value) => {
          if (!isBare(value)) {
            limit = 'idle';
            next = clock.now() + idle;
            alarm.set(Math.min(next, last));
          }
          subscriber.next(value);
        },
      });
      // After the source: what it does at the moment of a deadline is in time.
      alarm.set(Math.min(next, last));
    });
}
