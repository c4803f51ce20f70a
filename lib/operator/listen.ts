import { isObservable, type Observable, Subscriber } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';

/** What an operator does about a value of its source; and about its end, where that is not simply passed on. */
export interface Ears<T> {
  readonly next: (value: T) => void;
  readonly error?: (error: unknown) => void;
  readonly complete?: () => void;
}

/**
 * Subscribes to a source on behalf of an operator. What the ears throw is an
 * error of the stream.
 *
 * RxJS gives the subscription when `subscribe` returns, and a source that emits
 * synchronously does not return before it ends. Here it belongs to the
 * subscriber beforehand, and such a source can be left.
 *
 * @internal
 */
export function listen<T>(source: Observable<T>, subscriber: Subscriber<unknown>, ears: Ears<T>): Subscriber<T> {
  if (!isObservable(source)) throw new TypeError(`expected an Observable, got ${kindOf(source)}`);
  const listener = new Listener(subscriber, ears);
  source.subscribe(listener);
  return listener;
}

class Listener<T> extends Subscriber<T> {
  readonly #subscriber: Subscriber<unknown>;
  readonly #ears: Ears<T>;

  constructor(subscriber: Subscriber<unknown>, ears: Ears<T>) {
    super(subscriber);
    this.#subscriber = subscriber;
    this.#ears = ears;
  }

  protected override _next(value: T): void {
    try {
      this.#ears.next(value);
    } catch (error) {
      this.#subscriber.error(error);
    }
  }

  protected override _error(error: unknown): void {
    const { error: hear } = this.#ears;
    if (hear === undefined) this.#subscriber.error(error);
    else this.#last(() => hear(error));
  }

  protected override _complete(): void {
    const { complete } = this.#ears;
    if (complete === undefined) this.#subscriber.complete();
    else this.#last(complete);
  }

  /** The source is left first: what follows may go on for long. */
  #last(hear: () => void): void {
    try {
      this.unsubscribe();
    } finally {
      this.#tell(hear);
    }
  }

  #tell(hear: () => void): void {
    try {
      hear();
    } catch (error) {
      // Whoever has been told of the end threw, then, and it belongs to who ended the source.
      if (this.#subscriber.closed) throw error;
      this.#subscriber.error(error);
    }
  }
}
