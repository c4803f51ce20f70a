import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { checkCount, checkDuration, checkNumber } from '../data/check.ts';
import { Queue } from '../data/Queue.ts';
import { operatorQueueFull } from '../error/LimitError.ts';
import { Alarm } from '../time/Alarm.ts';
import { clock } from '../time/clock.ts';
import { isBare, isForReader } from './EventIn.ts';
import { listen } from './listen.ts';
import { SerializedObserver } from './SerializedObserver.ts';

/** How fast, and how many may wait. @category operator */
export interface RateLimitOptions {
  /** Events in each `per` milliseconds, on the long run. Above 0. */
  readonly maxEvents: number;
  /** Milliseconds. Above 0, and finite. @default 1000 */
  readonly interval?: number;
  /** Events that may go at once after a silence. A whole number from 1; with 1 they are always apart. @default 1 */
  readonly burst?: number;
  /** Values that may wait; one more is a {@link LimitError}. A whole number from 1. @default 10000 */
  readonly maxQueued?: number;
}

/**
 * Lets events go no faster than a rate, and loses none.
 *
 * For what is on the other side of a quota. A token bucket: each event takes a
 * token, `burst` of them are there at first, and they come back one each
 * `per / count` milliseconds.
 *
 * ```text
 * source                             -abcd---------e|
 * rateLimit 1 per 3 ms, burst 2      -ab-c--d------e|
 * ```
 *
 * Completes, or errors with the source, when all that waits is gone. Unsubscribing
 * drops what waits and stops the timer. Holds `queue` values and one timer. Bare
 * places and gaps take no token, and overtake no event.
 *
 * @example Ten calls a second, of which five may come together
 * const calls = prices.pipe(rateLimit({ count: 10, burst: 5 }));
 *
 * @throws RangeError at once for an option out of range.
 * @see RxJS `throttleTime`, which loses what is too fast, and `conflateBy` to keep the newest of a key.
 * @category operator
 */
export function rateLimit<T>(options: RateLimitOptions): MonoTypeOperatorFunction<T> {
  const { maxEvents, interval = 1000, burst = 1, maxQueued = 10_000 } = options;
  checkNumber('rateLimit: maxEvents', maxEvents, { above: 0 });
  checkDuration('rateLimit: interval', interval);
  if (interval === Infinity) throw new RangeError('rateLimit: interval must be finite, got Infinity');
  checkCount('rateLimit: burst', burst);
  checkCount('rateLimit: maxQueued', maxQueued);

  return (source) =>
    new Observable((subscriber) => {
      const outlet = new SerializedObserver<T>(subscriber);
      const waiting = new Queue<T>();
      const bucket = new Bucket(interval / maxEvents, burst);
      let end: (() => void) | undefined;

      const letGo = (): void => {
        while (waiting.length > 0) {
          if (!isForReader(waiting.head)) {
            const wait = bucket.wait();
            if (wait > 0) return alarm.set(clock.now() + wait);
            bucket.take();
          }
          outlet.next(waiting.shift() as T);
        }
        end?.();
      };

      const alarm = new Alarm(subscriber, letGo);
      listen(source, subscriber, {
        next: (value) => {
          if (isBare(value) && isBare(waiting.tail)) return waiting.replaceTail(value);
          if (waiting.length >= maxQueued) throw operatorQueueFull('rateLimit', maxQueued);
          waiting.push(value);
          if (waiting.length === 1) letGo();
        },
        complete: () => {
          end = () => outlet.complete();
          letGo();
        },
        error: (error) => {
          end = () => outlet.error(error);
          letGo();
        },
      });
    });
}

/** What rounding may leave of a token. */
const nothing = 1e-6;

/** A token bucket, kept as the moment at which it is full again. */
class Bucket {
  readonly #interval: number;
  readonly #lead: number;
  #full = -Infinity;

  constructor(interval: number, burst: number) {
    this.#interval = interval;
    this.#lead = (burst - 1) * interval;
  }

  /** Milliseconds until there is a token. */
  wait(): number {
    return Math.max(this.#full - clock.now() - this.#lead - nothing, 0);
  }

  take(): void {
    this.#full = Math.max(this.#full, clock.now()) + this.#interval;
  }
}
