import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { CapacityError } from '../error/CapacityError.ts';
import { DrainingError, type RetryRange } from '../error/DrainingError.ts';
import { parseCursor } from '../event/Cursor.ts';
import { coreOf } from '../feed/feed.ts';
import type { Asked } from './Asked.ts';
import type { Turned } from './admission.ts';
import { Context, RouteVisit } from './Context.ts';
import { Connection } from './connection.ts';
import { decline } from './decline.ts';
import type { Next, SseRequest, SseResponse } from './exchange.ts';
import { refuseError, refuseInput } from './problem.ts';
import type { Route } from './Route.ts';
import { requestedCursor } from './requestedCursor.ts';
import { serveFeed } from './serveFeed.ts';
import { beginRun, knownRun } from './serveRun.ts';
import { serveStream } from './serveStream.ts';
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
  const connection = new Connection(response, route);
  const { tally } = route;
  const refuse = (error: unknown): void => {
    if (connection.isClosed) return;
    if (error instanceof CapacityError) return turnAway('full');
    if (error instanceof DrainingError) return turnAway('draining', error.retry);
    tally.refused.error++;
    if (next === undefined) return refuseError(connection, error);
    connection.release();
    next(error);
  };
  const turnAway = (reason: 'draining' | Turned, retry?: RetryRange): void => {
    tally.refused[reason]++;
    decline(route, connection, request, retry, reason === 'client' ? 429 : 503);
  };

  const requested = requestedCursor(request);
  // That a stream ended is in the cursor itself: EventSource stops here, and nothing was kept for it.
  if (isEnd(requested)) {
    tally.refused.ended++;
    return connection.reply(204, { 'Rxsse-Resume': 'ended' });
  }

  if (route.draining !== undefined) return turnAway('draining', route.draining);

  attempt(refuse, () => {
    const turned = admit(route, connection, shown);
    if (turned !== undefined) return turnAway(turned);
    const inputs = route.decode(request);
    if (isLeft(inputs)) {
      tally.refused.input++;
      return refuseInput(connection, inputs.left);
    }
    whenGiven(route.options.state?.(shown), refuse, (state) => {
      if (connection.isClosed) return;
      if (request.method === 'HEAD') {
        tally.refused.head++;
        return connection.reply(200, route.headers);
      }
      const visit = new RouteVisit(route, connection, requested);
      const abort = route.runs && new AbortController();
      const signal = (): AbortSignal => abort?.signal ?? connection.signal;
      const context = new Context(shown, inputs.right, state, signal, visit);
      visit.missed = (gap) => route.missed(gap, context);
      answer({ route, connection, context, visit, refuse }, abort);
    });
  });
}

/** Lets a connection in, until it is over, or tells why not. */
function admit({ admission }: Route, connection: Connection, request: unknown): Turned | undefined {
  const client = admission.clientOf(request);
  const turned = admission.enter(client);
  if (turned !== undefined) return turned;
  connection.client = client;
  connection.isAdmitted = true;
  // What was destroyed before it came is over already, and nobody would be told of it again.
  if (connection.isClosed) admission.leave(client);
  return undefined;
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
