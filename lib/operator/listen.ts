import type { Observer, Subscriber } from 'rxjs';
import { type AnyObservable, observableOf } from './observableFrom.ts';
import { SourceSubscriber } from './SourceSubscriber.ts';

/** The callbacks of an operator for the notifications of its source. An end without a callback is passed on. */
type SourceObserver<T> = Pick<Observer<T>, 'next'> & Partial<Observer<T>>;

/**
 * Subscribes to a source on behalf of an operator. An error that a callback throws
 * becomes an error of the stream.
 *
 * RxJS returns the subscription when `subscribe` returns, which a source that emits
 * synchronously does only at its end. Here the subscription is added to the
 * subscriber beforehand, so that such a source can be unsubscribed from.
 *
 * @internal
 */
export function listen<T>(
  source: AnyObservable<T>,
  subscriber: Subscriber<unknown>,
  observer: SourceObserver<T>,
): Subscriber<T> {
  const input = observableOf('source', source);
  const listener = new Listener(subscriber, observer);
  input.subscribe(listener);
  return listener;
}

class Listener<T> extends SourceSubscriber<T> {
  readonly #subscriber: Subscriber<unknown>;
  readonly #observer: SourceObserver<T>;

  constructor(subscriber: Subscriber<unknown>, observer: SourceObserver<T>) {
    super(subscriber);
    this.#subscriber = subscriber;
    this.#observer = observer;
  }

  protected override _next(value: T): void {
    try {
      this.#observer.next(value);
    } catch (error) {
      this.#subscriber.error(error);
    }
  }

  protected override _error(error: unknown): void {
    const { error: onError } = this.#observer;
    if (onError === undefined) this.#subscriber.error(error);
    else this.#finish(() => onError(error));
  }

  protected override _complete(): void {
    const { complete } = this.#observer;
    if (complete === undefined) this.#subscriber.complete();
    else this.#finish(complete);
  }

  /** Unsubscribes from the source first: what follows may last for long. */
  #finish(notify: () => void): void {
    try {
      this.unsubscribe();
    } finally {
      this.#notify(notify);
    }
  }

  #notify(notify: () => void): void {
    try {
      notify();
    } catch (error) {
      // The subscriber has been notified of the end and threw: the error belongs to the code that ended the source.
      if (this.#subscriber.closed) throw error;
      this.#subscriber.error(error);
    }
  }
}
