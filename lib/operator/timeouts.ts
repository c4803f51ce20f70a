import { Observable, type OperatorFunction } from 'rxjs';
import { callGuarded } from '../data/callUser.ts';
import { checkDuration, checkFunction } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { reportError } from '../error/reportError.ts';
import { StreamTimeoutError } from '../error/StreamTimeoutError.ts';
import { Alarm } from '../time/Alarm.ts';
import { clock } from '../time/clock.ts';
import { isPositionOnly } from './EventIn.ts';
import { listen } from './listen.ts';
import { observableFrom, type StreamInput } from './observableFrom.ts';

/** How long a stream may take, in milliseconds. At least one limit must be set; each above 0, `Infinity` for none. @category operator */
export interface TimeoutsOptions<R> {
  /** The longest time until the first value. @default `idle` */
  readonly first?: number;
  /** The longest time between two values. @default Infinity */
  readonly idle?: number;
  /** The longest time until the stream ends. @default Infinity */
  readonly total?: number;
  /** Returns what the stream continues with, without limits. What it throws errors the stream. @default the stream errors */
  readonly with?: (error: StreamTimeoutError) => StreamInput<R>;
}

/**
 * Unsubscribes from a source that takes too long, and errors or continues with another.
 *
 * Use it for a source that may hang. The {@link StreamTimeoutError} says which limit
 * was exceeded. Each value moves the deadline, and a value at the deadline is in time.
 *
 * ```text
 * source                        --a-b------c|
 * timeouts, first 3, idle 5     --a-b----#
 * the same, with another        --a-b----x-y|
 * ```
 *
 * Completes and errors with the source, or with what replaced it. Unsubscribing stops
 * the timer. Holds one timer, whatever the rate of the source. Position-only entries
 * pass and do not count as values. What the teardown of a source throws that takes too long goes to the error reporter.
 *
 * @example Continue with old news when no new ones come
 * const read = news(true).pipe(timeouts({ first: 2000, idle: 60_000, with: () => news(false) }));
 *
 * @throws TypeError at once, without any limit, or for an option of a wrong type. RangeError for a limit that is not
 * above 0.
 * @see RxJS `timeout`, which restarts a timer for each value, and has no limit on the total.
 * @category operator
 */
export function timeouts<T, R = never>(options: TimeoutsOptions<R>): OperatorFunction<T, T | R> {
  checkOptions('timeouts', options, { first: '', idle: '', total: '', with: '' });
  const { first, idle = Infinity, total = Infinity, with: replacement } = options;
  if ((first ?? options.idle ?? options.total) === undefined) {
    throw new TypeError('timeouts: at least one of first, idle and total must be set, got none');
  }
  const limits = { idle, total, first: first === undefined ? idle : first };
  for (const [name, limit] of Object.entries(limits)) checkDuration(`timeouts: ${name}`, limit);
  if (replacement !== undefined) checkFunction('timeouts: with', replacement);

  return (source) =>
    new Observable((subscriber) => {
      const startedAt = clock.now();
      const totalDeadline = startedAt + total;
      let deadline = startedAt + limits.first;
      let kind: StreamTimeoutError['kind'] = first === undefined ? 'idle' : 'first';

      const alarm = new Alarm(
        subscriber,
        () => {
          const exceeded = deadline <= totalDeadline ? kind : 'total';
          // In a timer there is no caller that could catch what the teardown of the source throws.
          callGuarded(
            (thrown) => reportError('timeouts', thrown),
            () => listener.unsubscribe(),
          );
          onTimeout(new StreamTimeoutError(exceeded, limits[exceeded]));
        },
        true,
      );
      const onTimeout = (error: StreamTimeoutError): void => {
        if (replacement === undefined) return subscriber.error(error);
        try {
          observableFrom(replacement(error)).subscribe(subscriber);
        } catch (thrown) {
          subscriber.error(thrown);
        }
      };
      const listener = listen(source, subscriber, {
        next: (value) => {
          if (!isPositionOnly(value)) {
            kind = 'idle';
            deadline = clock.now() + idle;
            alarm.set(Math.min(deadline, totalDeadline));
          }
          subscriber.next(value);
        },
      });
      // After the source was subscribed to: what it emits at the moment of a deadline is in time.
      alarm.set(Math.min(deadline, totalDeadline));
    });
}
