import type { Subscriber } from 'rxjs';
import { Queue } from '../data/Queue.ts';

/**
 * Passes values on one after the other, also when a subscriber makes the source
 * emit while it receives a value.
 *
 * Such reentrant values wait until the ones before them have been delivered, and
 * so does the end of the stream. Without this, an operator that holds values back
 * would reorder or lose them.
 *
 * @internal
 */
export class SerializedObserver<T> {
  readonly #subscriber: Subscriber<T>;
  /** Created for the first value that has to wait: most observers never need it. */
  #waiting: Queue<T> | undefined;
  #isEmitting = false;
  #end: (() => void) | undefined;

  constructor(subscriber: Subscriber<T>) {
    this.#subscriber = subscriber;
  }

  next(value: T): void {
    if (this.#isEmitting) return this.#enqueue(value);
    this.#isEmitting = true;
    this.#subscriber.next(value);
    this.#emitWaiting();
  }

  /** Emits several values, with none in between. */
  nextAll(values: Iterable<T>): void {
    for (const value of values) this.#enqueue(value);
    if (this.#isEmitting) return;
    this.#isEmitting = true;
    this.#emitWaiting();
  }

  error(error: unknown): void {
    this.#finish(() => this.#subscriber.error(error));
  }

  complete(): void {
    this.#finish(() => this.#subscriber.complete());
  }

  #enqueue(value: T): void {
    this.#waiting ??= new Queue();
    this.#waiting.push(value);
  }

  #finish(end: () => void): void {
    if (this.#isEmitting) this.#end ??= end;
    else end();
  }

  #emitWaiting(): void {
    while (this.#waiting !== undefined && this.#waiting.length > 0 && !this.#subscriber.closed) {
      this.#subscriber.next(this.#waiting.shift() as T);
    }
    this.#isEmitting = false;
    this.#end?.();
  }
}
