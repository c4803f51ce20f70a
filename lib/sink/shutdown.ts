import { asyncScheduler } from 'rxjs';
import { checkNumber, maxTimerDelay } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import type { RetryRange } from '../error/UnavailableError.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import { type AnyFeed, coreOf } from '../feed/coreOf.ts';
import { type AnyFeeds, internalsOf } from '../feed/internalsOf.ts';
import type { ReaderTarget } from '../feed/Reader.ts';
import type { SharedRun } from '../feed/SharedRun.ts';
import { checkRetry } from '../wire/checkField.ts';
import { frameWithoutId } from './EventEncoder.ts';
import { type AnyHandler, routeOf } from './handler.ts';
import { randomWait } from './refuse.ts';

/** A route, a feed, or a registry of feeds. @category sink */
type ShutdownTarget = AnyHandler | AnyFeed | AnyFeeds;

/** How readers are disconnected. @category sink */
export interface ShutdownOptions {
  /**
   * The time over which readers are disconnected, evenly, in milliseconds: from 0, all at once, to 2147483647.
   *
   * @default 10000
   */
  readonly duration?: number;
  /**
   * How long readers wait before they reconnect: a random time from the first to the second, in whole milliseconds, so
   * that they do not reconnect together.
   *
   * @default [1000, 5000]
   */
  readonly retry?: RetryRange;
  /** A typed event that each reader gets last. It has no position. @default none */
  readonly lastEvent?: TypedEvent;
}

/** Into how many steps `duration` is divided at most. */
const maxSteps = 100;

/**
 * Disconnects the readers of a server that shuts down, so that they resume on another one.
 *
 * From the call on, new readers are refused: a request that may be a native EventSource gets a 200 with a `retry:`, and ends, since any other status would end it for good; others get a 503 with `Retry-After`. Present readers
 * are disconnected over `duration`, and each gets a `retry:` of its own. Streams of single requests (`resume: true`) end
 * with their last reader, since no other server knows them; those in a log that other servers read continue for `duration`,
 * and end as failed then. Feeds and logs stay open: close them afterwards.
 *
 * The connection of each reader, and of each that is refused, is closed with its response (HTTP/1): the next request of
 * a proxy that keeps connections alive goes to a server that stays. For http2, close the sessions yourself.
 *
 * Resolves when the last response is delivered, or cut because its socket takes nothing (`stallTimeout`), and the end of each
 * stream in a shared log is stored, or was not within 10 s. It installs
 * no signal handlers.
 *
 * @example Shut down on SIGTERM
 * const route = sse(orders);
 * const server = app.get('/orders', route).listen(3000);
 * process.once('SIGTERM', () => {
 *   server.close();
 *   void shutdown(route, { duration: 5000 });
 * });
 *
 * @throws TypeError at once, for a target that `sse`, `feed` or `feeds` did not return.
 * @throws RangeError at once, for a duration or a wait out of range.
 * @category sink
 */
export function shutdown(
  targets: ShutdownTarget | readonly ShutdownTarget[],
  options: ShutdownOptions = {},
): Promise<void> {
  checkOptions('shutdown', options, { duration: '', retry: 'object', lastEvent: 'object' });
  const { duration = 10_000, retry = [1000, 5000], lastEvent } = options;
  checkNumber('shutdown: duration', duration, { min: 0, max: maxTimerDelay, unit: 'ms' });
  if (retry.length !== 2) throw new TypeError('shutdown: retry must be an array of two waits in milliseconds');
  for (const wait of retry) checkRetry('shutdown: retry', wait);
  const lastFrame = lastEvent === undefined ? '' : frameWithoutId(lastEvent, undefined);
  const shutdowns = (isList(targets) ? targets : [targets]).map(shutdownOf);
  // A feed may be shut down together with the route that mounts it: each connection is ended once.
  const readers = shutdowns.flatMap((start) => start(retry));
  const runs = (isList(targets) ? targets : [targets]).flatMap((target) => routeOf(target)?.runs?.shutdown() ?? []);

  return new Promise((resolve) => {
    let left = readers.length + runs.length;
    const stopping = runs.length === 0 ? undefined : asyncScheduler.schedule(() => stopAll(runs), duration);
    if (left === 0) resolve();
    const done = (): void => {
      left--;
      if (left > 0) return;
      stopping?.unsubscribe();
      resolve();
    };
    for (const run of runs) run.whenOver(done);
    spread(readers, duration, (reader) => reader.endForShutdown(lastFrame, randomWait(retry), done));
  });
}

type Endable = Pick<ReaderTarget, 'endForShutdown'>;

/** Returns the function that makes a target refuse new readers, and returns its present ones. */
function shutdownOf(target: ShutdownTarget): (retry: RetryRange) => readonly Endable[] {
  const route = routeOf(target);
  if (route !== undefined) {
    return (retry) => {
      route.shutdown = retry;
      return [...route.connections];
    };
  }
  const feeds = coreOf(target) ?? internalsOf(target);
  if (feeds === undefined) throw new TypeError('shutdown: expected what sse(), feed() or feeds() returned');
  return (retry) => feeds.shutdown(retry);
}

function stopAll(runs: readonly SharedRun[]): void {
  for (const run of runs) run.stop();
}

/** Calls `each` with every item, in evenly spaced steps over the duration. */
function spread<T>(items: readonly T[], duration: number, each: (item: T) => void): void {
  const steps = duration === 0 ? 1 : Math.min(maxSteps, items.length);
  const share = items.length / steps;
  for (let step = 0; step < steps; step++) {
    const part = items.slice(Math.floor(step * share), Math.floor((step + 1) * share));
    if (step === 0) part.forEach(each);
    else asyncScheduler.schedule(() => part.forEach(each), (duration * step) / steps);
  }
}

function isList(targets: ShutdownTarget | readonly ShutdownTarget[]): targets is readonly ShutdownTarget[] {
  return Array.isArray(targets);
}
