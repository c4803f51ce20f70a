import {
  firstValueFrom,
  map,
  Observable,
  type Observer,
  type Operator,
  type Subscriber,
  type Subscription,
  type TeardownLogic,
} from 'rxjs';
import { Settled } from '../log/Settled.ts';
import { SourceSubscriber } from '../operator/SourceSubscriber.ts';
import { clock } from '../time/clock.ts';

/**
 * A request to the log that is under way. It emits its result once and completes when the log has stored it, and
 * errors when the log could not. It does not depend on being subscribed to, and can be awaited.
 *
 * A failure that is not handled, since the result is neither awaited nor subscribed to with an error callback, goes to the
 * feed's `onError` or, without one, to the error reporter (`setErrorReporter`).
 *
 * @example Answer once the event is stored
 * const orders = feed(events({ OrderPaid: { total: t.number } }));
 * const cursor = await orders.publish({ type: 'order_paid', data: { total: 12.5 } });
 *
 * @category feed
 */
export class Ack<T> extends Observable<T> implements PromiseLike<T> {
  readonly #onUnhandled: (error: unknown) => void;
  #isSubscribed = false;

  /** @param onUnhandled called with a failure that is not handled */
  constructor(subscribe: (subscriber: Subscriber<T>) => TeardownLogic, onUnhandled: (error: unknown) => void) {
    super(subscribe);
    this.#onUnhandled = onUnhandled;
  }

  /**
   * Creates an ack that also passes on a failure when there is no subscriber by the next turn of the loop.
   *
   * @param result the result, which is under way already, as the log has it
   * @param project makes of it what the ack emits, for each subscriber
   * @internal
   */
  static watched<R, T>(result: Observable<R>, project: (value: R) => T, onUnhandled: (error: unknown) => void): Ack<T> {
    // Most acks are not subscribed to: what those need is created for the others alone.
    const ack = new Ack<T>((subscriber) => result.pipe(map(project)).subscribe(subscriber), onUnhandled);
    if (!(result instanceof Settled)) result.subscribe(new FailureWatch(ack));
    return ack;
  }

  /** Passes on a failure to the callback, unless there is a subscriber. @internal */
  onFailure(error: unknown): void {
    if (!this.#isSubscribed) this.#onUnhandled(error);
  }

  override subscribe(observer?: Partial<Observer<T>> | ((value: T) => void)): Subscription;
  override subscribe(
    next?: ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription;
  override subscribe(
    first?: Partial<Observer<T>> | ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    this.#isSubscribed = true;
    if (typeof first === 'object' && first?.error !== undefined) return super.subscribe(first);
    const callbacks = typeof first === 'object' ? first : { next: first, complete };
    return super.subscribe({
      next: (value) => callbacks?.next?.(value),
      error: error ?? this.#onUnhandled,
      complete: () => callbacks?.complete?.(),
    });
  }

  /** Creates what `pipe` returns: its failures go to the same callback. @internal */
  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = super.lift(operator);
    return new Ack<R>((subscriber) => lifted.subscribe(subscriber), this.#onUnhandled);
  }

  // biome-ignore lint/suspicious/noThenProperty: being awaitable is its purpose.
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return firstValueFrom(this).then(onFulfilled, onRejected);
  }
}

/** Notifies an ack of the failure of its result, in the next turn of the loop. */
class FailureWatch extends SourceSubscriber<unknown> {
  readonly #ack: Ack<unknown>;

  constructor(ack: Ack<unknown>) {
    super();
    this.#ack = ack;
  }

  protected override _next(): void {}

  protected override _error(error: unknown): void {
    clock.turn(() => this.#ack.onFailure(error));
  }

  protected override _complete(): void {}
}
