import { asyncScheduler, Subscription } from 'rxjs';
import type { LocksLike } from './Leadership.ts';

/** How long one tab may keep the others from catching up, in ms. */
const maxTurn = 5000;

/** How long a tab waits for its turn, in ms: another one may hang while it has its own, and then its timers do not run. */
const maxWait = 30_000;

/**
 * Calls back when no other tab catches up, or when that has taken too long. The turn lasts until it is unsubscribed, and some
 * seconds at most.
 */
export function waitForTurn(locks: LocksLike, name: string, onTurn: () => void): Subscription {
  const turn = new Subscription();
  const abort = new AbortController();
  const giveUp = (): void => abort.abort();
  turn.add(giveUp);
  turn.add(asyncScheduler.schedule(giveUp, maxWait));
  const hold = (): Promise<void> =>
    new Promise((resolve) => {
      turn.add(resolve);
      if (turn.closed) return;
      turn.add(asyncScheduler.schedule(() => resolve(), maxTurn));
      onTurn();
    });
  locks.request(`${name} turn`, { signal: abort.signal }, hold).then(undefined, () => {
    if (!turn.closed) onTurn();
  });
  return turn;
}
