import { asyncScheduler, type Subscription } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { clock, randomFraction } from '../time/clock.ts';
import type { AnyContext } from './AnyOptions.ts';
import type { CloseReason } from './CloseReason.ts';
import type { Connection } from './Connection.ts';
import { contain } from './contain.ts';
import type { Opening } from './Opening.ts';
import type { Route } from './Route.ts';
import { Timeouts } from './Timeouts.ts';
import type { Following } from './Writer.ts';

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
  const { options, limits, tally } = route;
  connection.following = new Lifetime(connection, route, context);
  route.connections.add(connection);
  tally.opened++;
  contain(() => options.onOpen?.(context));
  if (opening.gap !== undefined) route.missed(opening.gap, context);
  connection.begin(route, opening, more);
  if (limits.timeout === undefined || connection.isClosed) return;
  connection.timeouts = new Timeouts(connection, limits.timeout);
  if (connection.events > 0) connection.timeouts.said();
}

class Lifetime implements Following {
  readonly #route: Route;
  readonly #connection: Connection;
  readonly #context: AnyContext;
  readonly #begun = clock.now();
  readonly #age: Subscription | undefined;
  readonly #expiry: Subscription | undefined;

  constructor(connection: Connection, route: Route, context: AnyContext) {
    this.#connection = connection;
    this.#route = route;
    this.#context = context;
    const { maxAge } = route.limits;
    const expiry = route.options.expiresAt?.(context);
    if (maxAge !== Infinity)
      this.#age = after(maxAge * (1 - jitter * randomFraction()), () => connection.depart('max-age'));
    if (expiry === undefined) return;
    this.#expiry = after(expiry.getTime() - asyncScheduler.now(), () => connection.depart('expired'));
  }

  over(reason: CloseReason): void {
    this.#age?.unsubscribe();
    this.#expiry?.unsubscribe();
    const { written: bytes, events, dropped } = this.#connection;
    const counters = { duration: clock.now() - this.#begun, bytes, events, dropped };
    contain(() => this.#route.options.onClose?.(reason, counters, this.#context));
  }
}

function after(wait: number, work: () => void): Subscription {
  // A date that is none has passed.
  return asyncScheduler.schedule(work, Math.min(Math.max(wait || 0, 0), maxTimerDelay));
}
