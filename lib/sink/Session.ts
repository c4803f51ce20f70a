import { type RetryRange, UnavailableError } from '../error/UnavailableError.ts';
import type { Connection } from './Connection.ts';
import type { Rejection } from './connectionLimit.ts';
import { decline } from './decline.ts';
import type { Next, SseRequest } from './exchange.ts';
import type { Route } from './Route.ts';
import { refuseError } from './refuse.ts';
import { requestedCursor } from './requestedCursor.ts';

/** A request that has come to a route, and may be turned away. */
export class Arrival {
  readonly route: Route;
  readonly connection: Connection;
  readonly request: SseRequest;
  /** The cursor that its reader comes with. */
  readonly requested: string | undefined;
  readonly next: Next | undefined;

  constructor(route: Route, connection: Connection, request: SseRequest, next: Next | undefined) {
    this.route = route;
    this.connection = connection;
    this.request = request;
    this.requested = requestedCursor(request);
    this.next = next;
  }

  /** Answers an error before the first byte. */
  refuse(error: unknown): void {
    const { connection, route, next } = this;
    if (connection.isClosed) return;
    if (error instanceof UnavailableError) return this.turnAway(error.reason, error.retryAfter);
    route.tally.refused.error++;
    if (next === undefined) return refuseError(connection, error);
    connection.release();
    next(error);
  }

  turnAway(reason: 'shutdown' | Rejection, retry?: RetryRange): void {
    const { route, connection, request } = this;
    route.tally.refused[reason]++;
    decline(route, connection, request, retry, reason === 'client' ? 429 : 503);
  }
}
