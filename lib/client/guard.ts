import type { Subscriber } from 'rxjs';

/** Runs what a promise or a listener calls, and errors the subscriber with what it throws: nothing else would see it. */
export function guard(subscriber: Subscriber<unknown>, work: () => void): void {
  try {
    work();
  } catch (error) {
    subscriber.error(error);
  }
}
