import { from, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';
import { clock } from '../clock.ts';
import { TimeoutError } from '../error/TimeoutError.ts';
import { Alarm } from './Alarm.ts';
import { checkFunction, checkWait } from './check.ts';
import { isBare } from './EventIn.ts';
import { listen } from './listen.ts';

/** How long a stream may take, in milliseconds. At least one limit; each above 0, `Infinity` for none. @category operator */
export interface WithinOptions<R> {
  /** Until the first value. @default `each` */
  readonly first?: number;
  /** Between a value and the next. @default Infinity */
  readonly each?: number;
  /** Until the stream is over. @default Infinity */
  readonly all?: number;
  /** What the stream goes on with instead; no limit holds for that. What it throws is an error of the stream. @default it fails */
  readonly with?: (error: TimeoutError) => ObservableInput<R>;
}

/**
 * Leaves a source that takes too long, and fails or goes on with another.
 *
 * For a source that may hang: it is told by a {@link TimeoutError} which limit
 * it was. Each value moves the deadline, and a value at the deadline is in time.
 *
 * ```text
 * source                       --a-b------c|
 * within first 3, each 5       --a-b----#
 * the same, with another       --a-b----x-y|
 * ```
 *
 * Completes and errors with the source, or with what took its place.
 * Unsubscribing stops the timer. Holds one timer, whatever the source's rate.
 * Bare places of a feed pass and are no values: nobody sees them.
 *
 * @example Go on with old news when the new do not come
 * const read = news(true).pipe(within({ first: 2000, each: 60_000, with: () => news(false) }));
 *
 * @throws TypeError at once, when there is no limit. RangeError for one that is not above 0.
 * @see RxJS `timeout`, which sets and clears a timer for each value, and has no `all`.
 * @category operator
 */
export function within<T, R = never>(options: WithinOptions<R>): OperatorFunction<T, T | R> {
  const { first, each = Infinity, all = Infinity, with: another } = options;
  if ((first ?? options.each ?? options.all) === undefined) {
    throw new TypeError('within: expected a limit: first, each or all');
  }
  for (const [name, ms] of Object.entries({ first: first ?? each, each, all })) checkWait(`within: ${name}`, ms);
  if (another !== undefined) checkFunction('within: with', another);

  return (source) =>
    new Observable((subscriber) => {
      const begun = clock.now();
      const last = begun + all;
      let next = begun + (first ?? each);
      let limit: TimeoutError['limit'] = first === undefined ? 'each' : 'first';

      const alarm = new Alarm(
        subscriber,
        () => {
          const reached = next <= last ? limit : 'all';
          const error = new TimeoutError(reached, { first: first ?? each, each, all }[reached]);
          try {
            listener.unsubscribe();
          } finally {
            goOn(error);
          }
        },
        true,
      );
      const goOn = (error: TimeoutError): void => {
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
            limit = 'each';
            next = clock.now() + each;
            alarm.set(Math.min(next, last));
          }
          subscriber.next(value);
        },
      });
      // After the source: what it does at the moment of a deadline is in time.
      alarm.set(Math.min(next, last));
    });
}
