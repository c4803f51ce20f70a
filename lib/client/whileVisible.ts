import {
  defer,
  dematerialize,
  distinctUntilChanged,
  filter,
  fromEvent,
  map,
  materialize,
  merge,
  NEVER,
  type Observable,
  of,
  startWith,
  switchMap,
  timer,
} from 'rxjs';

/** How long a page may be hidden before it is disconnected, in milliseconds. */
const hiddenDelay = 5000;

/** The part of `window` and `document` that is used. */
interface EventTargetLike {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

interface PageLike {
  readonly document?: EventTargetLike & { readonly visibilityState: string };
  readonly addEventListener?: unknown;
}

const page = globalThis as PageLike;

/** Emits when the browser is online again, and when the page is visible again; never outside of browsers. */
export const reconnectSignals: Observable<unknown> = defer(() => {
  const { document } = page;
  return merge(
    typeof page.addEventListener === 'function' ? fromEvent(page as EventTargetLike, 'online') : NEVER,
    document === undefined
      ? NEVER
      : fromEvent(document, 'visibilitychange').pipe(filter(() => document.visibilityState !== 'hidden')),
  );
});

/**
 * Subscribes to the source while the page is visible and unsubscribes when it has been hidden for some seconds.
 * Completes with the source. Outside of a page the source is returned unchanged.
 *
 * @param onHidden called each time the page is disconnected, and once if it is hidden from the start
 */
export function whileVisible<T>(source: Observable<T>, onHidden: () => void): Observable<T> {
  const { document } = page;
  if (document === undefined) return source;

  // Materialized, so that the completion of the source completes the result, which else would wait for further events.
  const whenVisible = source.pipe(materialize());
  const whenHidden = defer(() => {
    onHidden();
    return NEVER;
  });
  return fromEvent(document, 'visibilitychange').pipe(
    startWith(undefined),
    map(() => document.visibilityState === 'hidden'),
    switchMap((isHidden, index) => (isHidden && index > 0 ? timer(hiddenDelay).pipe(map(() => true)) : of(isHidden))),
    distinctUntilChanged(),
    switchMap((isHidden) => (isHidden ? whenHidden : whenVisible)),
    dematerialize(),
  );
}
