import { Observable, type Subscription } from 'rxjs';
import { checkCount, checkFunction, checkOneOf } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { Queue } from '../data/Queue.ts';
import { operatorQueueFull } from '../error/LimitError.ts';
import { listen } from './listen.ts';
import { type AnyObservable, observableOf } from './observableFrom.ts';

/** Says what happens when a stream is faster than the loop that reads it. @category operator */
export type BufferPolicy = 'fail' | 'drop-oldest' | 'drop-newest';

/** How many values wait for the loop, and what happens with one more. @category operator */
export interface ToAsyncIterableOptions<T> {
  /**
   * `'fail'` ends the loop with a {@link LimitError}, behind the waiting values. `'drop-oldest'` drops the value that
   * has waited longest, `'drop-newest'` the one that has just come.
   */
  readonly overflow: BufferPolicy;
  /** The largest number of values that wait: a whole number from 1. With 1 and `'drop-oldest'` the loop gets the newest. @default 1000 */
  readonly maxQueued?: number;
  /** Called for each dropped value. What it throws ends the loop. @default not called */
  readonly onDropped?: (value: T) => void;
}

/**
 * Makes an async iterable of a stream, for `for await`, with a bounded buffer.
 *
 * A stream does not wait for the loop, so its values have to: at most `maxQueued` of
 * them, and `overflow` says what happens with one more.
 *
 * ```text
 * source                                                -a-b-c-d--|
 * the loop requests                                     ?------?-?-?
 * toAsyncIterable, overflow drop-oldest, maxQueued 2    -a-----c-d-|
 * ```
 *
 * Each loop subscribes for itself, when it requests its first value, and unsubscribes
 * when the loop exits. Ends with the source; an error comes after the values before it.
 * Holds at most `maxQueued` values.
 *
 * @example Read prices in a loop that may be slow
 * for await (const { price } of toAsyncIterable(prices, { overflow: 'drop-oldest', maxQueued: 1 })) {
 *   await fetch(`/price?is=${price}`);
 * }
 *
 * @throws TypeError at once, for an unknown policy or an option of a wrong type. RangeError for a `maxQueued` below 1.
 * @see RxJS `firstValueFrom` for one value.
 * @category operator
 */
export function toAsyncIterable<T>(source: AnyObservable<T>, options: ToAsyncIterableOptions<T>): AsyncIterable<T> {
  const input = observableOf('toAsyncIterable: source', source);
  checkOptions('toAsyncIterable', options, { overflow: '', maxQueued: '', onDropped: '' });
  const { overflow, maxQueued = 1000, onDropped = noop } = options;
  checkOneOf('toAsyncIterable: overflow', overflow, policies);
  checkCount('toAsyncIterable: maxQueued', maxQueued);
  checkFunction('toAsyncIterable: onDropped', onDropped);

  return { [Symbol.asyncIterator]: () => new Loop(input, new Buffer(overflow, maxQueued, onDropped)) };
}

const policies: readonly string[] = ['fail', 'drop-oldest', 'drop-newest'] satisfies BufferPolicy[];

function noop(): void {}

/** The values that wait for one loop. */
class Buffer<T> {
  readonly #overflow: BufferPolicy;
  readonly #maxQueued: number;
  readonly #onDropped: (value: T) => void;
  readonly #values = new Queue<T>();

  constructor(overflow: BufferPolicy, maxQueued: number, onDropped: (value: T) => void) {
    this.#overflow = overflow;
    this.#maxQueued = maxQueued;
    this.#onDropped = onDropped;
  }

  get isEmpty(): boolean {
    return this.#values.length === 0;
  }

  /** @throws LimitError when it is full and the policy is `'fail'`, and whatever `onDropped` throws. */
  push(value: T): void {
    if (this.#values.length < this.#maxQueued) return this.#values.push(value);
    if (this.#overflow === 'fail') throw operatorQueueFull('toAsyncIterable', this.#maxQueued);
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

/** A call of `next` whose promise is pending. */
interface PendingRead<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** The iterator of one loop. */
class Loop<T> implements AsyncIterator<T, undefined> {
  readonly #source: Observable<T>;
  readonly #buffer: Buffer<T>;
  /** While there are any, the buffer is empty. */
  readonly #reads = new Queue<PendingRead<T>>();
  #subscription: Subscription | undefined;
  #isEnded = false;
  #errors: unknown[] = [];

  constructor(source: Observable<T>, buffer: Buffer<T>) {
    this.#source = source;
    this.#buffer = buffer;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.#reads.push({ resolve, reject });
      this.#start();
      this.#settleReads();
    });
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#buffer.clear();
    this.#end();
    return { done: true, value: undefined };
  }

  #start(): void {
    if (this.#subscription !== undefined || this.#isEnded) return;
    new Observable<never>((subscriber) => {
      // Before the source is subscribed to: it may emit, and be unsubscribed from, before `subscribe` returns.
      this.#subscription = subscriber;
      listen(this.#source, subscriber, {
        next: (value) => this.#onValue(value),
        error: (error) => this.#end(error),
        complete: () => this.#end(),
      });
    }).subscribe();
  }

  #onValue(value: T): void {
    const read = this.#reads.shift();
    if (read !== undefined) return read.resolve({ done: false, value });
    try {
      this.#buffer.push(value);
    } catch (error) {
      this.#end(error);
    }
  }

  #end(...errors: unknown[]): void {
    this.#isEnded = true;
    this.#errors = errors;
    try {
      this.#subscription?.unsubscribe();
    } finally {
      this.#settleReads();
    }
  }

  #settleReads(): void {
    while (this.#reads.length > 0 && (!this.#buffer.isEmpty || this.#isEnded)) {
      const read = this.#reads.shift();
      if (!this.#buffer.isEmpty) read?.resolve({ done: false, value: this.#buffer.shift() });
      else if (this.#errors.length > 0) read?.reject(this.#errors.pop());
      else read?.resolve({ done: true, value: undefined });
    }
  }
}
