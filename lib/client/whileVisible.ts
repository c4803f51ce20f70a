import { Alarm } from '../time/Alarm.ts';
import { clock } from '../time/clock.ts';
import type { Connectable } from './ClientTransport.ts';
import { addListener, page } from './page.ts';
import type { Reconnector } from './Reconnector.ts';

/** How long a page may be hidden before it is disconnected, in milliseconds. */
const hiddenDelay = 5000;

/**
 * Connects a client while the page is visible and disconnects it when the page has been hidden for some seconds. Outside
 * of a page the client is connected for good.
 *
 * @param connectable the client, or what connects in its place
 * @param onHidden called each time the page is disconnected, and once if it is hidden from the start
 */
export function whileVisible(client: Reconnector, connectable: Connectable, onHidden: () => void): void {
  const { document } = page;
  if (document === undefined) return connectable.connect();

  let isPaused = true;
  const pause = (): void => {
    isPaused = true;
    connectable.disconnect();
    client.guard(onHidden);
  };
  const alarm = new Alarm(client.subscriber, pause);
  const onChange = (): void => {
    const isHidden = document.visibilityState === 'hidden';
    alarm.set(isHidden && !isPaused ? clock.now() + hiddenDelay : Infinity);
    if (isHidden || !isPaused) return;
    isPaused = false;
    connectable.connect();
  };
  addListener(document, 'visibilitychange', onChange, client.subscriber);
  if (document.visibilityState === 'hidden') pause();
  else onChange();
}
