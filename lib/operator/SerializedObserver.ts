import type { Subscriber } from 'rxjs';
import { Queue } from '../data/Queue.ts';

/**
 * Hands values on one after the other.
 *
 * A subscriber may make the source emit while it is given a value. What comes of
 * that waits until the ones before it are handed on, and so does the end: an
 * operator that holds values back would otherwise reorder or lose them.
 *
 * @internal
 */
export class SerializedObserver<T> {
  readonly #subscriber: Subscriber<T>;
  /** Made for the first value that has to wait: few outlets ever have one. */
  #waiting: Queue<T> | undefined;
  #busy = false;
  #end: (() => void) | undefined;

  constructor(subscriber: Subscriber<T>) {
    this.#subscriber = subscriber;
  }

  next(value: T): void {
    if (this.#busy) return this.#wait(value);
    this.#busy = true;
    this.#subscriber.next(value);
    this.#rest();
  }

  /** Hands these on without anything in between. */
  all(values: Iterable<T>): void {
    for (const value of values) this.#wait(value);
    if (this.#busy) return;
    this.#busy = true;
    this.#rest();
  }

  error(error: unknown): void {
    this.#finish(() => this.#subscriber.error(error));
  }

  complete(): void {
    this.#finish(() => this.#subscriber.complete());
  }

  #wait(value: T): void {
    this.#waiting ??= new Queue();
    this.#waiting.push(value);
  }

  #finish(end: () => void): void {
    if (this.#busy) this.#end ??= end;
    else end();
  }

  #rest(): void {
    while (this.#waiting !== undefined && this.#waiting.length > 0 && !this.#subscriber.closed) {
      this.#subscriber.next(this.#waiting.shift() as T);
    }
    this.#busy = false;
    this.#end?.();
  }
}
