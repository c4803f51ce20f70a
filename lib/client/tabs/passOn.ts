import type { Observable, Subscriber, Subscription } from 'rxjs';

/**
 * Subscribes to a source until a subscription ends, which may be before `subscribe` returns, or its target does.
 *
 * @param onNext called for each value; the error and the completion are passed on
 */
export function passOn<T>(
  source: Observable<T>,
  target: Subscriber<T>,
  subscription: Subscription,
  onNext: (value: T) => void,
): void {
  target.add(subscription);
  subscription.add(
    source.subscribe({
      next: (value) => {
        if (!subscription.closed) onNext(value);
      },
      error: (error: unknown) => {
        if (!subscription.closed) target.error(error);
      },
      complete: () => {
        if (!subscription.closed) target.complete();
      },
    }),
  );
}
