import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { CapacityError } from '../error/CapacityError.ts';
import { DrainingError } from '../error/DrainingError.ts';
import { parseCursor } from '../event/Cursor.ts';
import { coreOf } from '../feed/feed.ts';
import { Context, RouteVisit } from './Context.ts';
import { Connection } from './connection.ts';
import { decline } from './decline.ts';
import type { Next, SseRequest, SseResponse } from './exchange.ts';
import { refuseError, refuseInput } from './problem.ts';
import type { Route } from './Route.ts';
import { requestedCursor } from './requestedCursor.ts';
import { serveFeed } from './serveFeed.ts';
import { beginRun, knownRun } from './serveRun.ts';
import { type Asked, serveStream } from './serveStream.ts';
import { sourceOf } from './sourceOf.ts';
import { attempt, whenGiven } from './whenGiven.ts';

/**
 * Answers one request: reads it, makes the stream, and hands both to a writer.
 *
 * @param shown what the user's functions get for the request, where that is another object
 */
export function serve(
  route: Route,
  request: SseRequest,
  response: SseResponse,
  next: Next | undefined,
  shown: unknown = request,
): void {
  const connection = new Connection(response);
  const refuse = (error: unknown): void => {
    if (connection.isClosed) return;
    if (error instanceof CapacityError) return decline(route, connection, request);
    if (error instanceof DrainingError) return decline(route, connection, request, error.retry);
    if (next === undefined) return refuseError(connection, error);
    connection.release();
    next(error);
  };

  const requested = requestedCursor(request);
  // That a stream ended is in the cursor itself: EventSource stops here, and nothing was kept for it.
  if (isEnd(requested)) return connection.reply(204, { 'Rxsse-Resume': 'ended' });

  if (route.draining !== undefined) return decline(route, connection, request, route.draining);

  attempt(refuse, () => {
    const inputs = route.decode(request);
    if (isLeft(inputs)) return refuseInput(connection, inputs.left);
    whenGiven(route.options.state?.(shown), refuse, (state) => {
      if (connection.isClosed) return;
      if (request.method === 'HEAD') return connection.reply(200, route.headers);
      const visit = new RouteVisit(route, connection, requested);
      const abort = route.runs && new AbortController();
      const signal = (): AbortSignal => abort?.signal ?? connection.signal;
      const context = new Context(shown, inputs.right, state, signal, visit);
      answer({ route, connection, context, visit, refuse }, abort);
    });
  });
}

function answer(asked: Asked, abort: AbortController | undefined): void {
  const { route, connection, context, visit, refuse } = asked;
  const { runs } = route;
  const known = runs && knownRun(asked, runs);
  if (known !== undefined) return serveFeed(asked, known.feed);

  // Until it is a run's, which outlives its reader, the signal ends with the connection.
  const leave = (): void => abort?.abort();
  if (abort !== undefined) connection.signal.addEventListener('abort', leave);
  whenGiven(route.stream(context), refuse, (stream) => {
    if (connection.isClosed) return;
    const feed = coreOf(stream);
    const source = feed === undefined ? sourceOf(stream) : undefined;
    if (runs !== undefined && abort !== undefined && source !== undefined && !visit.isClaimed) {
      beginRun(asked, runs, source, abort, () => connection.signal.removeEventListener('abort', leave));
    } else if (feed !== undefined) serveFeed(asked, feed);
    else if (source !== undefined) serveStream(asked, source);
  });
}

function isEnd(requested: string | undefined): boolean {
  if (requested === undefined) return false;
  const cursor = parseCursor(requested);
  return isRight(cursor) && cursor.right.end;
}
