import { Subscriber } from 'rxjs';

/**
 * A subscriber that exists before `subscribe` returns, and so can unsubscribe from a
 * source that never stops emitting synchronously.
 *
 * RxJS has deprecated the constructor of `Subscriber` and will make it internal in
 * version 8. No other file calls it.
 *
 * @internal
 */
export abstract class SourceSubscriber<T> extends Subscriber<T> {
  /** @param owner the subscriber that the subscription to the source is added to */
  constructor(owner?: Subscriber<unknown>) {
    super(owner);
  }

  protected abstract override _next(value: T): void;
  protected abstract override _error(error: unknown): void;
  protected abstract override _complete(): void;
}
