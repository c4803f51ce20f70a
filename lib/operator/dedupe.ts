import { Observable, type OperatorFunction } from 'rxjs';
import { checkCount, checkDuration, checkFunction } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { clock } from '../time/clock.ts';
import { type EventIn, eventIn, isControl, positionOnly } from './EventIn.ts';
import { listen } from './listen.ts';

/** How long, and how many, keys are remembered. @category operator */
export interface DedupeOptions {
  /** How long a key is remembered after its event was emitted, in milliseconds. Above 0. @default Infinity: until `maxKeys` */
  readonly maxAge?: number;
  /** How many keys are remembered; a new key replaces the oldest. A whole number from 1. @default 10000 */
  readonly maxKeys?: number;
}

/**
 * Emits an event once for each key, for as long as the key is remembered.
 *
 * Use it for sources that deliver at least once. A repeated event does not extend
 * the time of its key: that counts from the event that was emitted.
 *
 * ```text
 * source              -a-b-a---a-|
 * dedupe, maxAge 6    -a-b-----a-|
 * ```
 *
 * In a route the keys are remembered for one connection: a reader that reconnects
 * gets an event again whose key came before. To remember them for all readers, use it
 * in front of the feed, in its `source`.
 *
 * A repeated event in an entry leaves a position-only entry, so that the position
 * of the reader advances. Gaps and position-only entries always pass. Completes and
 * errors with the source; what `key` throws errors the stream. Holds `maxKeys` keys,
 * compared as a `Map` compares, and no timer.
 *
 * @example The same price at most once a second
 * const once = prices.pipe(dedupe((p) => `${p.symbol} ${p.price}`, { maxAge: 1000 }));
 *
 * @throws TypeError at once, for an option of a wrong type. RangeError for an option out of range.
 * @see RxJS `distinct`, which never forgets a key, and `distinctUntilChanged`, which compares with the last value alone.
 * @category operator
 */
export function dedupe<T>(
  key: (event: NoInfer<EventIn<T>>) => unknown,
  options: DedupeOptions = {},
): OperatorFunction<T, NoInfer<T>> {
  checkOptions('dedupe', options, { maxAge: '', maxKeys: '' });
  const { maxAge = Infinity, maxKeys = 10_000 } = options;
  checkFunction('dedupe: key', key);
  checkDuration('dedupe: maxAge', maxAge);
  checkCount('dedupe: maxKeys', maxKeys);

  return (source) =>
    new Observable((subscriber) => {
      const seen = new SeenKeys(maxAge, maxKeys);
      listen(source, subscriber, {
        next: (value) => {
          const event = eventIn(value);
          const passes = (event === undefined && isControl(value)) || seen.add(key(event as EventIn<T>));
          if (passes) return subscriber.next(value);
          const position = positionOnly(value);
          if (position !== undefined) subscriber.next(position);
        },
      });
    });
}

/**
 * The remembered keys, oldest first, with the time of each. One iterator advances
 * as keys are forgotten: a new one would have to skip all deleted keys.
 */
class SeenKeys {
  readonly #maxAge: number;
  readonly #maxKeys: number;
  readonly #times = new Map<unknown, number>();
  #iterator: Iterator<[unknown, number], undefined> | undefined;
  /** The key that the iterator returned last and that is still remembered. */
  #oldest: readonly [key: unknown, time: number] | undefined;

  constructor(maxAge: number, maxKeys: number) {
    this.#maxAge = maxAge;
    this.#maxKeys = maxKeys;
  }

  /** Remembers a key; returns whether it is new. */
  add(key: unknown): boolean {
    const now = this.#maxAge === Infinity ? 0 : this.#forgetExpired();
    if (this.#times.has(key)) return false;
    if (this.#times.size >= this.#maxKeys) this.#forgetOldest();
    this.#times.set(key, now);
    return true;
  }

  #forgetExpired(): number {
    const now = clock.now();
    while (this.#times.size > 0 && now - (this.#findOldest()?.[1] ?? now) >= this.#maxAge) this.#forgetOldest();
    return now;
  }

  /** Returns the oldest key. Requires a non-empty map: a finished iterator cannot be reused. */
  #findOldest(): readonly [key: unknown, time: number] | undefined {
    this.#iterator ??= this.#times.entries();
    this.#oldest ??= this.#iterator.next().value;
    return this.#oldest;
  }

  #forgetOldest(): void {
    this.#times.delete(this.#findOldest()?.[0]);
    this.#oldest = undefined;
  }
}
