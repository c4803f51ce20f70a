import { Observable, type OperatorFunction } from 'rxjs';
import { checkDuration, checkFunction } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { Alarm } from '../time/Alarm.ts';
import { clock } from '../time/clock.ts';
import { isPositionOnly } from './EventIn.ts';
import { listen } from './listen.ts';

/** Which value is emitted into a silence, and when. @category operator */
export interface KeepAliveOptions<F> {
  /** The longest silence, in milliseconds. Above 0; `Infinity` emits nothing. */
  readonly interval: number;
  /** Makes the value that is emitted after a silence. What it throws errors the stream. */
  readonly value: () => F;
}

/**
 * Emits a value whenever the source was silent for an interval.
 *
 * Use it for clients that treat an idle connection as dead, and as the last operator of a
 * pipeline: an operator after it gets the value like those of the source, so that a filter
 * may drop it, and a stream that is silent for the reader, since a filter drops everything,
 * gets none. Each value of the source restarts the interval; when both are due at the same
 * moment, only the value of the source is emitted.
 *
 * ```text
 * source                   --a-----------b--|
 * keepAlive, interval 5    --a----h----h-b--|
 * ```
 *
 * Completes and errors with the source, in the same turn. Unsubscribing stops the
 * timer. Holds one timer, whatever the rate of the source. Position-only entries pass
 * and do not restart the interval, since no client sees them; between entries the
 * value should be a `comment()`, since an event would have no position there.
 *
 * @example A value after ten silent seconds
 * const alive = prices.pipe(keepAlive({ interval: 10_000, value: () => ({ symbol: 'none', price: 0 }) }));
 *
 * @throws TypeError at once, for an option of a wrong type. RangeError for an interval that is not above 0.
 * @see the option `heartbeat` of `sse`, which does it for a whole route, and `timeouts` to end a silent stream.
 * @category operator
 */
export function keepAlive<T, F = T>(options: KeepAliveOptions<F>): OperatorFunction<T, T | F> {
  checkOptions('keepAlive', options, { interval: '', value: '' });
  const { interval, value: makeValue } = options;
  checkDuration('keepAlive: interval', interval);
  checkFunction('keepAlive: value', makeValue);

  return (source) =>
    new Observable((subscriber) => {
      const alarm = new Alarm(
        subscriber,
        () => {
          restart();
          try {
            subscriber.next(makeValue());
          } catch (error) {
            subscriber.error(error);
          }
        },
        true,
      );
      const restart = (): void => alarm.set(clock.now() + interval);

      listen(source, subscriber, {
        next: (value) => {
          if (!isPositionOnly(value)) restart();
          subscriber.next(value);
        },
      });
      // After the source was subscribed to: at the same moment its values come first.
      restart();
    });
}
