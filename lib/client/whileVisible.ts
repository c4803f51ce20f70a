import { defer, dematerialize, fromEvent, materialize, NEVER, type Observable, startWith, switchMap } from 'rxjs';

/** The part of `document` that is used. */
interface DocumentLike {
  readonly visibilityState: string;
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/**
 * Subscribes to the source while the page is visible and unsubscribes when it is hidden. Completes with the source.
 * Outside of a page the source is returned unchanged.
 *
 * @param onHidden called each time the page is hidden, and once if it is hidden from the start
 */
export function whileVisible<T>(source: Observable<T>, onHidden: () => void): Observable<T> {
  const { document } = globalThis as { readonly document?: DocumentLike };
  if (document === undefined) return source;

  // Materialized, so that the completion of the source completes the result, which else would wait for further events.
  const whenVisible = source.pipe(materialize());
  const whenHidden = defer(() => {
    onHidden();
    return NEVER;
  });
  return fromEvent(document, 'visibilitychange').pipe(
    startWith(undefined),
    switchMap(() => (document.visibilityState === 'hidden' ? whenHidden : whenVisible)),
    dematerialize(),
  );
}
