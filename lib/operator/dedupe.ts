import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { checkCount, checkDuration, checkFunction } from '../data/check.ts';
import { clock } from '../time/clock.ts';
import { type EventIn, eventIn, isForReader, placeOnly } from './EventIn.ts';
import { listen } from './listen.ts';

/** For how long, and how many, keys are remembered. @category operator */
export interface DedupeOptions {
  /** How long a key is remembered after the event that passed, in milliseconds. Above 0. @default Infinity: until `max` */
  readonly maxAge?: number;
  /** How many keys are remembered; the oldest is forgotten for a new one. A whole number from 1. @default 10000 */
  readonly maxKeys?: number;
}

/**
 * Lets an event through once, by its key, for as long as the key is remembered.
 *
 * For sources that deliver at least once. A repeat does not keep its key alive:
 * the time counts from the event that passed.
 *
 * ```text
 * source                -a-b-a---a-|
 * dedupe within 6 ms    -a-b-----a-|
 * ```
 *
 * In an entry a repeat leaves its bare place, so that positions survive. Gaps and
 * bare places always pass. Completes and errors with the source; what `key` throws
 * is an error of the stream. Holds `max` keys, compared as a `Map` compares, and
 * no timer.
 *
 * @example A price once a second at most, where it is the same
 * const once = prices.pipe(dedupe((p) => `${p.symbol} ${p.price}`, { within: 1000 }));
 *
 * @throws TypeError at once, for a key that is no function. RangeError for an option out of range.
 * @see RxJS `distinct`, which remembers every key for ever, and `distinctUntilChanged` for the last alone.
 * @category operator
 */
export function dedupe<T>(
  key: (event: NoInfer<EventIn<T>>) => unknown,
  { maxAge = Infinity, maxKeys = 10_000 }: DedupeOptions = {},
): MonoTypeOperatorFunction<T> {
  checkFunction('dedupe: key', key);
  checkDuration('dedupe: maxAge', maxAge);
  checkCount('dedupe: maxKeys', maxKeys);

  return (source) =>
    new Observable((subscriber) => {
      const seen = new SeenKeys(maxAge, maxKeys);
      listen(source, subscriber, {
        next: (value) => {
          const event = eventIn(value);
          const passes = (event === undefined && isForReader(value)) || seen.add(key(event as EventIn<T>));
          if (passes) return subscriber.next(value);
          const place = placeOnly(value);
          if (place !== undefined) subscriber.next(place);
        },
      });
    });
}

/**
 * The keys that are remembered, oldest first, with when they came. One iterator
 * goes along with what is forgotten: a new one would have to find its way behind
 * all that have left.
 */
class SeenKeys {
  readonly #within: number;
  readonly #max: number;
  readonly #times = new Map<unknown, number>();
  #iterator: Iterator<[unknown, number], undefined> | undefined;
  /** Taken from the iterator and not forgotten yet. */
  #oldest: readonly [key: unknown, at: number] | undefined;

  constructor(within: number, max: number) {
    this.#within = within;
    this.#max = max;
  }

  /** Whether the key is new, and remembers it. */
  add(key: unknown): boolean {
    const now = this.#within === Infinity ? 0 : this.#forgetOld();
    if (this.#times.has(key)) return false;
    if (this.#times.size >= this.#max) this.#forget();
    this.#times.set(key, now);
    return true;
  }

  #forgetOld(): number {
    const now = clock.now();
    while (this.#times.size > 0 && now - (this.#head()?.[1] ?? now) >= this.#within) this.#forget();
    return now;
  }

  /** Of some. An iterator that has come to an end stays there. */
  #head(): readonly [key: unknown, at: number] | undefined {
    this.#iterator ??= this.#times.entries();
    this.#oldest ??= this.#iterator.next().value;
    return this.#oldest;
  }

  #forget(): void {
    this.#times.delete(this.#head()?.[0]);
    this.#oldest = undefined;
  }
}
