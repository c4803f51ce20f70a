import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { checkCount, checkDuration, checkNumber } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { Queue } from '../data/Queue.ts';
import { operatorQueueFull } from '../error/LimitError.ts';
import { pageEndOf } from '../event/PageEnd.ts';
import { Alarm } from '../time/Alarm.ts';
import { clock } from '../time/clock.ts';
import { isControl, isPositionOnly, isReplaceable } from './EventIn.ts';
import { listen } from './listen.ts';
import { SerializedObserver } from './SerializedObserver.ts';

/** The rate, and how many events may wait. @category operator */
export interface RateLimitOptions {
  /** The number of events in each `interval`, on average. Above 0. */
  readonly maxEvents: number;
  /** Milliseconds. Above 0, and finite. @default 1000 */
  readonly interval?: number;
  /** How many events may be emitted at once after a silence. A whole number from 1, which spaces all events. @default 1 */
  readonly burst?: number;
  /** The largest number of values that wait; one more is a {@link LimitError}. A whole number from 1. @default 10000 */
  readonly maxQueued?: number;
}

/**
 * Emits events no faster than a rate, and drops none.
 *
 * Use it in front of a service with a quota. It is a token bucket: each event takes a
 * token, `burst` tokens are there at first, and one comes back each
 * `interval / maxEvents` milliseconds.
 *
 * ```text
 * source                                          -abcd---------e|
 * rateLimit, maxEvents 1, interval 3, burst 2     -ab-c--d------e|
 * ```
 *
 * Completes, or errors with the source, behind the last waiting event. Unsubscribing
 * drops the waiting events and stops the timer. Holds at most `maxQueued` values and
 * one timer. Position-only entries and gaps take no token and keep their order.
 *
 * @example Ten calls a second, at most five of them at once
 * const calls = prices.pipe(rateLimit({ maxEvents: 10, burst: 5 }));
 *
 * @throws TypeError at once, for an option of a wrong type. RangeError for an option out of range.
 * @see RxJS `throttleTime`, which drops what is too fast, and `conflateBy`, which keeps the newest event of a key.
 * @category operator
 */
export function rateLimit<T>(options: RateLimitOptions): MonoTypeOperatorFunction<T> {
  checkOptions('rateLimit', options, { maxEvents: '', interval: '', burst: '', maxQueued: '' });
  const { maxEvents, interval = 1000, burst = 1, maxQueued = 10_000 } = options;
  checkNumber('rateLimit: maxEvents', maxEvents, { above: 0 });
  checkDuration('rateLimit: interval', interval);
  if (interval === Infinity) throw new RangeError('rateLimit: interval must be finite, got Infinity');
  checkCount('rateLimit: burst', burst);
  checkCount('rateLimit: maxQueued', maxQueued);

  return (source) =>
    new Observable((subscriber) => {
      const output = new SerializedObserver<T>(subscriber);
      const waiting = new Queue<T>();
      const bucket = new Bucket(interval / maxEvents, burst);
      let end: (() => void) | undefined;

      const emit = (): void => {
        while (waiting.length > 0) {
          if (isControl(waiting.head)) pageEndOf(waiting.head)?.release();
          else {
            const delay = bucket.delay();
            if (delay > 0) return alarm.set(clock.now() + delay);
            bucket.take();
          }
          output.next(waiting.shift() as T);
        }
        end?.();
      };

      const alarm = new Alarm(subscriber, emit);
      subscriber.add(() => {
        for (const value of waiting) pageEndOf(value)?.release();
      });
      listen(source, subscriber, {
        next: (value) => {
          if (isPositionOnly(value)) {
            pageEndOf(value)?.hold();
            if (isReplaceable(waiting.tail)) return waiting.replaceTail(value);
          }
          if (waiting.length >= maxQueued) throw operatorQueueFull('rateLimit', maxQueued);
          waiting.push(value);
          if (waiting.length === 1) emit();
        },
        complete: () => {
          end = () => output.complete();
          emit();
        },
        error: (error) => {
          end = () => output.error(error);
          emit();
        },
      });
    });
}

/** A delay of less than this is a rounding error, and no delay. */
const epsilon = 1e-6;

/** A token bucket, represented by the time at which it is full again. */
class Bucket {
  readonly #interval: number;
  readonly #lead: number;
  #fullAt = -Infinity;

  constructor(interval: number, burst: number) {
    this.#interval = interval;
    this.#lead = (burst - 1) * interval;
  }

  /** Returns the milliseconds until there is a token. */
  delay(): number {
    return Math.max(this.#fullAt - clock.now() - this.#lead - epsilon, 0);
  }

  take(): void {
    this.#fullAt = Math.max(this.#fullAt, clock.now()) + this.#interval;
  }
}
