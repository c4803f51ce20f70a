import { defer, endWith, fromEvent, map, NEVER, type Observable, startWith, switchMap, takeWhile } from 'rxjs';

/** The part of `document` that is needed; there is none outside of pages. */
interface PageLike {
  readonly visibilityState: string;
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/**
 * Subscribes while the page is seen, and leaves when it is hidden. Completes with
 * what it subscribes to. Where there is no page it is always seen.
 */
export function whileVisible<T>(source: Observable<T>, hidden: () => void): Observable<T> {
  const { document: page } = globalThis as { readonly document?: PageLike };
  if (page === undefined) return source;

  const over = Symbol('over');
  const whole = source.pipe(endWith(over));
  const pause = defer(() => {
    hidden();
    return NEVER;
  });
  return fromEvent(page, 'visibilitychange').pipe(
    startWith(undefined),
    map(() => page.visibilityState !== 'hidden'),
    switchMap((isSeen) => (isSeen ? whole : pause)),
    takeWhile((value): value is T => value !== over),
  );
}
