import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { parseCursor } from '../event/Cursor.ts';
import { coreOf } from '../feed/feed.ts';
import { Asked } from './Asked.ts';
import { Connection } from './Connection.ts';
import { attempt, whenResolved } from './callUser.ts';
import type { Rejection } from './connectionLimit.ts';
import type { Next, SseRequest, SseResponse } from './exchange.ts';
import type { Route } from './Route.ts';
import { refuseInput } from './refuse.ts';
import { Arrival } from './Session.ts';
import { serveFeed } from './serveFeed.ts';
import { beginRun, knownRun } from './serveRun.ts';
import { serveStream } from './serveStream.ts';
import { sourceOf } from './sourceOf.ts';

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
  const { tally } = route;
  const connection = new Connection(response, route);
  const arrival = new Arrival(route, connection, request, next);
  // That a stream ended is in the cursor itself: EventSource stops here, and nothing was kept for it.
  if (isEnd(arrival.requested)) {
    tally.refused.ended++;
    return connection.reply(204, { 'Rxsse-Resume': 'ended' });
  }
  if (route.draining !== undefined) return arrival.turnAway('shutdown', route.draining);

  const refuse = (error: unknown): void => arrival.refuse(error);
  attempt(refuse, () => {
    const turned = admit(route, connection, shown);
    if (turned !== undefined) return arrival.turnAway(turned);
    const inputs = route.decode(request);
    if (isLeft(inputs)) {
      tally.refused.input++;
      return refuseInput(connection, inputs.left);
    }
    whenResolved(route.options.state?.(shown), refuse, (state) => {
      if (connection.isClosed) return;
      if (request.method === 'HEAD') {
        tally.refused.head++;
        return connection.reply(200, route.headers);
      }
      answer(new Asked(arrival, shown, inputs.right, state));
    });
  });
}

/** Lets a connection in, until it is over, or tells why not. */
function admit({ admission }: Route, connection: Connection, request: unknown): Rejection | undefined {
  const client = admission.clientOf(request);
  const turned = admission.enter(client);
  if (turned !== undefined) return turned;
  connection.client = client;
  connection.isAdmitted = true;
  // What was destroyed before it came is over already, and nobody would be told of it again.
  if (connection.isClosed) admission.leave(client);
  return undefined;
}

function answer(asked: Asked): void {
  const { route, connection } = asked;
  const { runs } = route;
  const known = runs && knownRun(asked, runs);
  if (known !== undefined) return serveFeed(asked, known.core);

  whenResolved(
    route.stream(asked.context),
    (error) => asked.refuse(error),
    (stream) => {
      if (connection.isClosed) return;
      const feed = coreOf(stream);
      if (feed !== undefined) return serveFeed(asked, feed);
      const source = sourceOf(stream);
      if (runs !== undefined && !asked.isClaimed) beginRun(asked, runs, source);
      else serveStream(asked, source);
    },
  );
}

function isEnd(requested: string | undefined): boolean {
  if (requested === undefined) return false;
  const cursor = parseCursor(requested);
  return isRight(cursor) && cursor.right.end;
}
