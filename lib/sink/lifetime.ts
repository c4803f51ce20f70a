import { asyncScheduler, type Subscription } from 'rxjs';
import { chance, clock } from '../clock.ts';
import type { CloseReason } from './CloseReason.ts';
import type { Connection } from './connection.ts';
import { contain } from './contain.ts';
import type { Opening } from './Opening.ts';
import type { AnyContext, Route } from './Route.ts';

/** What a timer can hold; Node turns more into 1 ms. */
const longest = 2 ** 31 - 1;

/** The part of `maxAge` that is left to chance, so that readers that came together do not go together. */
const jitter = 0.1;

interface Begun {
  readonly connection: Connection;
  readonly route: Route;
  readonly context: AnyContext;
}

/**
 * Sends the head and the first blocks, and follows the connection to its end:
 * tells the route's hooks, and ends it properly when it is too old or what let
 * it in has expired, also while its stream is silent. The reader then comes
 * back, to another server perhaps, and goes on.
 */
export function begin({ connection, route, context }: Begun, opening: Opening, more = ''): void {
  if (!connection.isWaiting) return;
  const { maxAge, options } = route;
  const begun = clock.now();
  const timers: Subscription[] = [];
  if (maxAge !== Infinity) timers.push(after(maxAge * (1 - jitter * chance()), () => connection.depart('aged')));
  const expiry = options.expiresAt?.(context);
  if (expiry !== undefined) {
    timers.push(after(expiry.getTime() - asyncScheduler.now(), () => connection.depart('expired')));
  }
  route.connections.add(connection);
  connection.onOver = (reason: CloseReason) => {
    route.connections.delete(connection);
    for (const timer of timers) timer.unsubscribe();
    const counters = { duration: clock.now() - begun, bytes: connection.written };
    contain(() => options.onClose?.(reason, counters, context));
  };

  contain(() => options.onOpen?.(context));
  connection.begin(route, opening, more);
}

function after(wait: number, work: () => void): Subscription {
  // A date that is none has passed.
  return asyncScheduler.schedule(work, Math.min(Math.max(wait || 0, 0), longest));
}
