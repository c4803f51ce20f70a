import { asyncScheduler, Subscription } from 'rxjs';
import type { LocksLike } from './Leadership.ts';

/** How long one tab may keep the others from catching up, in ms. */
const maxTurn = 5000;

/** Calls back when no other tab catches up. The turn lasts until it is unsubscribed, and some seconds at most. */
export function waitForTurn(locks: LocksLike, name: string, onTurn: () => void): Subscription {
  const turn = new Subscription();
  const abort = new AbortController();
  turn.add(() => abort.abort());
  const hold = (): Promise<void> =>
    new Promise((resolve) => {
      turn.add(resolve);
      if (turn.closed) return;
      turn.add(asyncScheduler.schedule(() => resolve(), maxTurn));
      onTurn();
    });
  locks.request(`${name} turn`, { signal: abort.signal }, hold).then(undefined, () => {});
  return turn;
}
