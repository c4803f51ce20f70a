import { isObservable, type Observable, Subscriber } from 'rxjs';
import { checkCount, checkFunction } from '../data/check.ts';
import { kindOf } from '../data/kindOf.ts';
import { Queue } from '../data/Queue.ts';
import { operatorQueueFull } from '../error/LimitError.ts';
import { listen } from './listen.ts';

/** What happens when a stream is faster than the loop that takes it. @category operator */
export type BufferPolicy = 'fail' | 'drop-oldest' | 'drop-newest';

/** How many values wait for the loop, and what becomes of one more. @category operator */
export interface ToAsyncIterableOptions<T> {
  /**
   * `'fail'`: the loop gets what waits, and then a {@link LimitError}. `'drop-oldest'`: what has waited longest goes.
   * `'drop-newest'`: what has just come goes.
   */
  readonly overflow: BufferPolicy;
  /** How many values may wait: a whole number from 1. With 1 and `'drop-oldest'` the loop gets the newest. @default 1000 */
  readonly maxQueued?: number;
  /** Hears of each value that is dropped. What it throws ends the loop. @default nobody */
  readonly onDropped?: (value: T) => void;
}

/**
 * Makes an async iterable of a stream, for `for await`.
 *
 * A stream does not wait for the loop, so something has to wait for it: here so
 * many values, and what becomes of one more has a name.
 *
 * ```text
 * source                              -a-b-c-d--|
 * the loop asks                       ?------?-?-?
 * toAsyncIterable drop-oldest, 2      -a-----c-d-|
 * ```
 *
 * Subscribes when the first value is asked for, each loop for itself; leaves the
 * source when the loop is left. A failure comes after the values before it.
 *
 * @example Read prices in a loop that may be slow
 * for await (const { price } of toAsyncIterable(prices, { overflow: 'drop-oldest', queue: 1 })) {
 *   await fetch(`/price?is=${price}`);
 * }
 *
 * @throws TypeError at once, for a policy of another name. RangeError for a queue below 1.
 * @see RxJS `firstValueFrom` for one value.
 * @category operator
 */
export function toAsyncIterable<T>(
  source: Observable<T>,
  { overflow, maxQueued = 1000, onDropped = nobody }: ToAsyncIterableOptions<T>,
): AsyncIterable<T> {
  if (!isObservable(source)) throw new TypeError(`toAsyncIterable: expected an Observable, got ${kindOf(source)}`);
  if (!policies.includes(overflow)) {
    throw new TypeError(`toAsyncIterable: overflow: expected one of ${policies.join(', ')}, got ${kindOf(overflow)}`);
  }
  checkCount('toAsyncIterable: maxQueued', maxQueued);
  checkFunction('toAsyncIterable: onDropped', onDropped);

  return { [Symbol.asyncIterator]: () => new Loop(source, new Buffer(overflow, maxQueued, onDropped)) };
}

const policies: readonly string[] = ['fail', 'drop-oldest', 'drop-newest'] satisfies BufferPolicy[];

function nobody(): void {}

/** What waits for one loop. */
class Buffer<T> {
  readonly #overflow: BufferPolicy;
  readonly #most: number;
  readonly #onDropped: (value: T) => void;
  readonly #values = new Queue<T>();

  constructor(overflow: BufferPolicy, most: number, onDropped: (value: T) => void) {
    this.#overflow = overflow;
    this.#most = most;
    this.#onDropped = onDropped;
  }

  get isEmpty(): boolean {
    return this.#values.length === 0;
  }

  push(value: T): void {
    if (this.#values.length < this.#most) return this.#values.push(value);
    if (this.#overflow === 'fail') throw operatorQueueFull('toAsyncIterable', this.#most);
    if (this.#overflow === 'drop-newest') return this.#onDropped(value);
    const oldest = this.#values.shift() as T;
    this.#values.push(value);
    this.#onDropped(oldest);
  }

  shift(): T {
    return this.#values.shift() as T;
  }

  clear(): void {
    this.#values.clear();
  }
}

interface Ask<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** One loop over a source. */
class Loop<T> implements AsyncIterator<T, undefined> {
  readonly #source: Observable<T>;
  readonly #buffer: Buffer<T>;
  /** Asked and not answered. While there are any, nothing waits. */
  readonly #asks = new Queue<Ask<T>>();
  #hearing: Subscriber<T> | undefined;
  #isOver = false;
  #failures: unknown[] = [];

  constructor(source: Observable<T>, buffer: Buffer<T>) {
    this.#source = source;
    this.#buffer = buffer;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.#asks.push({ resolve, reject });
      this.#begin();
      this.#answer();
    });
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#buffer.clear();
    this.#over();
    return { done: true, value: undefined };
  }

  #begin(): void {
    if (this.#hearing !== undefined || this.#isOver) return;
    const whole = new Subscriber<T>();
    this.#hearing = whole;
    listen(this.#source, whole, {
      next: (value) => this.#hear(value),
      error: (error) => this.#over(error),
      complete: () => this.#over(),
    });
  }

  #hear(value: T): void {
    const ask = this.#asks.shift();
    if (ask !== undefined) return ask.resolve({ done: false, value });
    try {
      this.#buffer.push(value);
    } catch (error) {
      this.#over(error);
    }
  }

  #over(...failures: unknown[]): void {
    this.#isOver = true;
    this.#failures = failures;
    try {
      this.#hearing?.unsubscribe();
    } finally {
      this.#answer();
    }
  }

  #answer(): void {
    while (this.#asks.length > 0 && (!this.#buffer.isEmpty || this.#isOver)) {
      const ask = this.#asks.shift();
      if (!this.#buffer.isEmpty) ask?.resolve({ done: false, value: this.#buffer.shift() });
      else if (this.#failures.length > 0) ask?.reject(this.#failures.pop());
      else ask?.resolve({ done: true, value: undefined });
    }
  }
}
