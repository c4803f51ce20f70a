import { asyncScheduler } from 'rxjs';
import { checkNumber, maxTimerDelay } from '../data/check.ts';
import type { RetryRange } from '../error/UnavailableError.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import { type AnyFeed, coreOf } from '../feed/feed.ts';
import { type AnyFeeds, internalsOf } from '../feed/feeds.ts';
import { checkRetry } from '../wire/checkField.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { retry as retryFrame } from '../wire/Frame.ts';
import { waitIn } from './decline.ts';
import type { Kept } from './Kept.ts';
import { type AnyHandler, routeOf } from './sse.ts';
import { unplaced } from './unplaced.ts';

/** Whose readers are sent away: those of a route, a feed, or a family of feeds. @category sink */
export type ShutdownTarget = AnyHandler | AnyFeed | AnyFeeds;

/** How readers are sent away. @category sink */
export interface ShutdownOptions {
  /** The time over which they are, in milliseconds, evenly; 0 for all at once. @default 10000 */
  readonly duration?: number;
  /**
   * The wait before each comes back: a random time from the first to the second,
   * in whole milliseconds, so that they do not all come at once.
   *
   * @default [1000, 5000]
   */
  readonly retry?: RetryRange;
  /** A typed event that each gets last; it has no position. @default none */
  readonly lastEvent?: TypedEvent;
}

/** How many steps the time is cut into, at most. */
const steps = 100;

/**
 * Sends the readers of a server that shuts down to another one.
 *
 * From the call on no reader is taken: one that may be a native EventSource gets
 * a 200 that asks it to wait, and ends, since any other answer would end it for
 * good; others get a 503 with `Retry-After`. Those that are there leave spread
 * over the time, each told when to come back, and resume where they are sent.
 * Runs (`resume: true`) are left with their last reader, since no other server
 * knows them; feeds and their logs are the caller's to close.
 *
 * Resolves when the last response is delivered, or given up since its socket
 * takes nothing (`stall`). It listens for no signal: that is the caller's, too.
 *
 * @example A server that is asked to stop
 * const route = sse(orders);
 * const server = app.get('/orders', route).listen(3000);
 * process.once('SIGTERM', () => {
 *   server.close();
 *   void drain(route, { over: 5000 }).then(() => server.closeAllConnections());
 * });
 *
 * @throws TypeError at once, for a target that is none.
 * @throws RangeError at once, for a time that is none.
 * @category sink
 */
export function shutdown(
  targets: ShutdownTarget | readonly ShutdownTarget[],
  options: ShutdownOptions = {},
): Promise<void> {
  const { duration = 10_000, retry = [1000, 5000], lastEvent } = options;
  checkNumber('shutdown: duration', duration, { min: 0, max: maxTimerDelay, unit: 'ms' });
  for (const wait of retry) checkRetry('shutdown: retry', wait);
  const last = lastEvent === undefined ? '' : unplaced(lastEvent, undefined);
  const closing = (isList(targets) ? targets : [targets]).map(closingOf);
  // A feed may be drained together with the route that mounts it: its readers' connections leave once.
  const leaving = closing.flatMap((close) => close(retry));

  return new Promise((resolve) => {
    let left = leaving.length;
    const gone = (): void => {
      left--;
      if (left <= 0) resolve();
    };
    if (left === 0) gone();
    spread(leaving, duration, (reader) => reader.disconnect(last + encodeFrame(retryFrame(waitIn(retry))), gone));
  });
}

/** Closes a target to new readers, and gives those that it has. */
function closingOf(target: ShutdownTarget): (retry: RetryRange) => readonly Pick<Kept, 'disconnect'>[] {
  const route = routeOf(target);
  if (route !== undefined) {
    return (retry) => {
      route.draining = retry;
      const leaving = [...route.connections];
      route.runs?.shutdown();
      return leaving;
    };
  }
  const feeds = coreOf(target) ?? internalsOf(target);
  if (feeds === undefined) throw new TypeError('shutdown: expected what sse(), feed() or feeds() returned');
  return (retry) => feeds.shutdown(retry);
}

function spread<T>(items: readonly T[], over: number, each: (item: T) => void): void {
  const count = over === 0 ? 1 : Math.min(steps, items.length);
  const share = items.length / count;
  for (let step = 0; step < count; step++) {
    const part = items.slice(Math.floor(step * share), Math.floor((step + 1) * share));
    if (step === 0) part.forEach(each);
    else asyncScheduler.schedule(() => part.forEach(each), (over * step) / count);
  }
}

function isList(targets: ShutdownTarget | readonly ShutdownTarget[]): targets is readonly ShutdownTarget[] {
  return Array.isArray(targets);
}
