import { asyncScheduler, type Subscription } from 'rxjs';

/**
 * Runs work that only tidies up after a delay in milliseconds: its timer does not keep a process alive that has nothing
 * else to do. In all other respects it is a timer of RxJS, which a test scheduler makes virtual.
 *
 * @internal
 */
export function scheduleIdle(work: () => void, delay: number): Subscription {
  const action = asyncScheduler.schedule(work, delay) as Subscription & { readonly id?: unknown };
  const { id } = action;
  // The handle of Node's timer; a number in a browser and in virtual time.
  if (typeof id === 'object' && id !== null && 'unref' in id && typeof id.unref === 'function') id.unref();
  return action;
}
