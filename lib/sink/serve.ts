import { isLeft, isRight, right } from 'fp-ts/lib/Either.js';
import { callGuarded, whenResolved } from '../data/callUser.ts';
import { parseCursor } from '../event/cursor.ts';
import { coreOf } from '../feed/coreOf.ts';
import { checkFrom } from '../feed/startPosition.ts';
import { snapshotNeedsFeed } from './ResumeOptions.ts';
import type { Route } from './Route.ts';
import { checkFeedEvents, sourceOf } from './Route.ts';
import { recordRefusal, refuse, refusedForm, refuseInput, refuseMethod, refuseOrigin } from './refuse.ts';
import { hasContent, isAllowedOrigin } from './requestInputs.ts';
import { Session } from './Session.ts';
import type { Next, SseRequest } from './SseRequest.ts';
import { serveFeed } from './serveFeed.ts';
import { resumeRun, startRun } from './serveRun.ts';
import { serveStream } from './serveStream.ts';
import type { Transport } from './Transport.ts';

/**
 * Answers one request: decodes its inputs, calls the route's function for its stream, and serves that.
 *
 * @param userRequest what the user's functions get for the request, where that is another object
 */
export function serve(
  route: Route,
  request: SseRequest,
  transport: Transport,
  next: Next | undefined,
  userRequest: unknown = request,
): void {
  const session = new Session(route, request, transport, next, userRequest);
  const { connection } = session;
  if (next === undefined && !route.methods.has(request.method ?? 'GET')) {
    recordRefusal(session, 'input');
    return refuseMethod(connection, route.methods);
  }
  if (!isAllowedOrigin(request, route.options.allowedOrigins ?? '*')) {
    recordRefusal(session, 'input');
    return refuseOrigin(connection);
  }
  // The cursor itself says that the stream ended: EventSource stops here, and no state was retained for it.
  if (isEndCursor(session.requestedCursor)) {
    recordRefusal(session, 'ended');
    return connection.reply(204, { 'Rxsse-Resume': 'ended', 'Cache-Control': 'no-store' });
  }
  if (route.shutdown !== undefined) return session.refuseForNow('shutdown', route.shutdown);

  const fail = (error: unknown): void => session.refuse(error);
  callGuarded(fail, () => {
    const reason = session.admit();
    if (reason !== undefined) return session.refuseForNow(reason);
    const isRejoining = rejoins(session);
    const inputs = isRejoining ? right(route.decode.whenRead(request)) : route.decode(request);
    if (isLeft(inputs)) {
      if (mayRejoin(session) && !hasContent(request)) return refuseUnknown(session);
      recordRefusal(session, 'input');
      const refusal = route.options.body && refusedForm(request);
      if (refusal !== undefined) return refuse(connection, refusal);
      return refuseInput(connection, inputs.left, route.options.onInvalidInput?.(inputs.left, userRequest));
    }
    session.inputs = inputs.right;
    whenResolved(route.options.state?.(userRequest), fail, (state) => {
      if (connection.hasEnded) return;
      session.state = state;
      if (request.method === 'HEAD') {
        recordRefusal(session, 'head');
        return connection.reply(200, route.withOwnHeaders(route.headers, session.context));
      }
      const { from } = route;
      if (from === undefined || !startsFresh(session.requestedCursor)) return serveAdmitted(session);
      whenResolved(from(session.context), fail, (value) => {
        session.startOptions = { ...session.startOptions, from: checkFrom(value) };
        if (!connection.hasEnded) serveAdmitted(session);
      });
    });
  });
}

/** Serves the run that the reader resumes, or the stream that the route has for the request. */
function serveAdmitted(session: Session): void {
  const { runs } = session.route;
  if (runs === undefined) serveNew(session);
  else resumeRun(session, runs, () => (rejoins(session) ? serveBodiless(session) : serveNew(session)));
}

/** Refuses a request that could only have resumed a stream, unless a parser has read a body nevertheless. */
function serveBodiless(session: Session): void {
  const { route, request } = session;
  const inputs = route.decode(request);
  if (isLeft(inputs)) return refuseUnknown(session);
  session.inputs = inputs.right;
  serveNew(session);
}

function refuseUnknown(session: Session): void {
  recordRefusal(session, 'input');
  const got = session.requestedCursor === undefined ? 'none' : 'another';
  const issue = { path: 'lastEventId', expected: 'the id of a stream that is retained', got };
  refuse(session.connection, { status: 404, issues: [issue] });
}

/** Serves the stream that the route has for the request. */
function serveNew(session: Session): void {
  const { route, connection } = session;
  const { runs } = route;
  // A route without runs, all of whose streams are feeds, has no owner to ask for.
  if (runs !== undefined && runs.size > 0 && !runs.areNamed) runs.checkRoomFor(route.ownerOf(session.context));

  whenResolved(
    route.streamFor(session.context),
    (error) => session.refuse(error),
    (stream) => {
      if (connection.hasEnded) return;
      const feed = coreOf(stream, true);
      if (feed !== undefined) {
        checkFeedEvents(route.options.events, feed.contract);
        return serveFeed(session, feed);
      }
      if (route.snapshot !== undefined) throw new TypeError(snapshotNeedsFeed);
      const source = sourceOf(stream);
      if (runs !== undefined && !session.readsFeed) startRun(session, runs, source);
      else serveStream(session, source);
    },
  );
}

/** Returns true for a request that names a stream by its cursor: it needs no body, with which the stream was started. */
function rejoins(session: Session): boolean {
  return mayRejoin(session) && isRight(parseCursor(session.requestedCursor ?? ''));
}

/** Returns true for a GET or HEAD of a route with `body`, which can name a stream and, without a body, start none. */
function mayRejoin({ route, request }: Session): boolean {
  const { runs, options } = route;
  return runs !== undefined && options.body !== undefined && (request.method === 'GET' || request.method === 'HEAD');
}

/** Returns true for a reader that starts where the route says: it has no cursor, or text that is not one. */
function startsFresh(requested: string | undefined): boolean {
  return requested === undefined || isLeft(parseCursor(requested));
}

function isEndCursor(requested: string | undefined): boolean {
  if (requested === undefined) return false;
  const cursor = parseCursor(requested);
  return isRight(cursor) && cursor.right.end;
}
