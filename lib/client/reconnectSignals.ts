import { Observable } from 'rxjs';
import { addListener, page } from './page.ts';

/** Emits when the browser is online again, and when the page is visible again; never outside of browsers. */
export const reconnectSignals: Observable<unknown> = new Observable<void>((subscriber) => {
  const { document } = page;
  if (typeof page.addEventListener === 'function') {
    addListener(page as Required<typeof page>, 'online', () => subscriber.next(), subscriber);
  }
  if (document === undefined) return;
  const onChange = (): void => {
    if (document.visibilityState !== 'hidden') subscriber.next();
  };
  addListener(document, 'visibilitychange', onChange, subscriber);
});
