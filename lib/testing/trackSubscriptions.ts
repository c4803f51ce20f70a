import { Observable, type Subscription } from 'rxjs';
import { callSite } from './testFailure.ts';

/**
 * Runs the work, and returns where the subscriptions were made that are still open after it: each line of the user's
 * code once, or RxJS where there is none.
 *
 * All Observables of the process are observed during the work, which is one synchronous call.
 */
export function trackSubscriptions(work: () => void): readonly string[] {
  const made: { readonly subscription: Subscription; readonly site: string | undefined }[] = [];
  const { subscribe } = Observable.prototype;
  Observable.prototype.subscribe = function (this: Observable<unknown>, ...observer: unknown[]) {
    const site = callSite();
    const subscription: Subscription = Reflect.apply(subscribe, this, observer);
    if (!subscription.closed) made.push({ subscription, site });
    return subscription;
  } as typeof subscribe;
  try {
    work();
  } finally {
    Observable.prototype.subscribe = subscribe;
  }
  const open = made.filter(({ subscription }) => !subscription.closed);
  return [...new Set(open.map(({ site }) => site ?? 'a place that the stack does not tell'))];
}
