import { firstValueFrom, Observable } from 'rxjs';

/**
 * A publication under way: emits its cursor and completes once the log has it,
 * and errors when the log could not take it. It is under way whether or not
 * anybody subscribes; it can be awaited, too.
 *
 * @example Answer once it is remembered
 * const orders = feed(events({ OrderPaid: { total: t.number } }));
 * const cursor = await orders.publish({ type: 'order_paid', data: { total: 12.5 } });
 *
 * @category feed
 */
export class Published extends Observable<string> implements PromiseLike<string> {
  // biome-ignore lint/suspicious/noThenProperty: being awaitable is what it is for.
  then<A = string, B = never>(
    kept?: ((cursor: string) => A | PromiseLike<A>) | null,
    broken?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return firstValueFrom(this).then(kept, broken);
  }
}
