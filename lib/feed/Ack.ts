import { firstValueFrom, Observable } from 'rxjs';

/**
 * A request to the log that is under way. It emits its result once and completes when the log has stored it, and
 * errors when the log could not. It does not depend on being subscribed to, and can be awaited.
 *
 * @example Answer once the event is stored
 * const orders = feed(events({ OrderPaid: { total: t.number } }));
 * const cursor = await orders.publish({ type: 'order_paid', data: { total: 12.5 } });
 *
 * @category feed
 */
export class Ack<T> extends Observable<T> implements PromiseLike<T> {
  // biome-ignore lint/suspicious/noThenProperty: being awaitable is its purpose.
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return firstValueFrom(this).then(onFulfilled, onRejected);
  }
}
