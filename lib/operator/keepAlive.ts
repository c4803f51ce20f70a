import { Observable, type OperatorFunction } from 'rxjs';
import { checkDuration, checkFunction } from '../data/check.ts';
import { Alarm } from '../time/Alarm.ts';
import { clock } from '../time/clock.ts';
import { isBare } from './EventIn.ts';
import { listen } from './listen.ts';

/** What fills a silence, and when. @category operator */
export interface KeepAliveOptions<F> {
  /** Longest silence allowed, in milliseconds. Above 0; `Infinity` allows any. */
  readonly interval: number;
  /** Makes the value that fills a silence. When it throws, the stream errors. */
  readonly value: () => F;
}

/**
 * Fills each silence of the source with a value.
 *
 * For readers that take silence for death. Each value of the source starts the
 * wait anew; a value and a fill due at the same moment give the value alone.
 *
 * ```text
 * source               --a-----------b--|
 * keepAlive every 5    --a----h----h-b--|
 * ```
 *
 * Completes and errors with the source, in the same instant. Unsubscribing
 * stops the timer. Holds one timer, whatever the source's rate. Bare places of a
 * feed pass and break no silence, since readers do not see them; between entries
 * only a `comment()` can fill it, since an event would have no place there.
 *
 * @example Say "still here" after ten quiet seconds
 * const alive = prices.pipe(keepAlive({ every: 10_000, value: () => ({ symbol: 'none', price: 0 }) }));
 *
 * @throws RangeError at once, not on subscribe, when `every` is not above 0.
 * @see SseOptions heartbeat, which does it for a whole route, and `within` to end a silent stream.
 * @category operator
 */
export function keepAlive<T, F = T>({ interval, value }: KeepAliveOptions<F>): OperatorFunction<T, T | F> {
  checkDuration('keepAlive: interval', interval);
  checkFunction('keepAlive: value', value);

  return (source) =>
    new Observable((subscriber) => {
      const alarm = new Alarm(
        subscriber,
        () => {
          wait();
          try {
            subscriber.next(value());
          } catch (error) {
            subscriber.error(error);
          }
        },
        true,
      );
      const wait = (): void => alarm.set(clock.now() + interval);

      listen(source, subscriber, {
        next: (given) => {
          if (!isBare(given)) wait();
          subscriber.next(given);
        },
      });
      // After the source: what it does at the moment when a fill is due comes first.
      wait();
    });
}
