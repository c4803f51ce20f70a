import type { Subscription } from 'rxjs';

/** The part of `window`, `document`, an `AbortSignal` and an `EventSource` that is used. */
export interface EventTargetLike<E = unknown> {
  addEventListener(type: string, listener: (event: E) => void): void;
  removeEventListener(type: string, listener: (event: E) => void): void;
}

/** The part of the page that is used; outside of browsers it has none of it. */
export const page = globalThis as Partial<EventTargetLike> & {
  readonly document?: EventTargetLike & { readonly visibilityState: string };
};

/** Listens to an event until the owner is unsubscribed. */
export function addListener<E>(
  target: EventTargetLike<E>,
  type: string,
  listener: (event: E) => void,
  owner: Subscription,
): void {
  target.addEventListener(type, listener);
  owner.add(() => target.removeEventListener(type, listener));
}
