import { isLeft } from 'fp-ts/lib/Either.js';
import { callGuarded, whenResolved } from '../data/callUser.ts';
import { hasTag } from '../error/RxsseError.ts';
import { reportError } from '../error/reportError.ts';
import type { StorageError } from '../error/StorageError.ts';
import { parseCursor } from '../event/cursor.ts';
import { unpacedSession } from '../feed/ReaderSession.ts';
import type { Runs } from '../feed/Runs.ts';
import { Connection } from './Connection.ts';
import { routeOf } from './handler.ts';
import { refuse, refuseError, refuseFullServer, refuseMethod, refuseOrigin } from './refuse.ts';
import { isAllowedOrigin, requestedCursor } from './requestInputs.ts';
import { SessionContext } from './SseContext.ts';
import type { Next, SseRequest } from './SseRequest.ts';
import { describeRequest } from './SseRequest.ts';
import type { Transport } from './Transport.ts';

/** One request that stops a run, as an adapter presents it. */
interface StopRequest {
  readonly request: SseRequest;
  /** The object of the server, which is what the functions of the program get. */
  readonly userRequest: unknown;
  readonly transport: Transport;
  readonly next: Next | undefined;
}

const methods: ReadonlySet<string> = new Set(['DELETE', 'POST']);

const notStoppable =
  'stop: expected the handler of sse({ resume: ... }, fn), whose function returns the stream of one request; a feed is ended by feed.end()';

/**
 * Returns the function that answers the requests of `stop`, on every server.
 *
 * @param stopRun stops the run of an epoch, as `Runs.stop` does, which it is by default
 * @throws TypeError for anything but the handler of a route that retains streams of single requests.
 */
export function stopper(handler: unknown, stopRun?: Runs['stop']): (stop: StopRequest) => void {
  const route = routeOf(handler);
  const runs = route?.runs;
  if (route === undefined || runs === undefined) throw new TypeError(notStoppable);

  return ({ request, userRequest, transport, next }) => {
    const connection = new Connection(transport);
    const where = (): string => `stop ${describeRequest(request)}`;
    const onError = (error: unknown): void => {
      if (connection.hasEnded) return;
      if (hasTag<StorageError>(error, 'StorageError')) {
        reportError(where(), error);
        return refuseFullServer(connection);
      }
      if (next === undefined) return refuseError(connection, error, where());
      connection.release();
      next(error);
    };
    const answer = (isKnown: boolean): void => {
      if (isKnown) connection.reply(204, { 'Cache-Control': 'no-store' });
      else refuse(connection, { status: 404, issues: [] });
    };

    if (!methods.has(request.method ?? '')) return refuseMethod(connection, methods);
    if (!isAllowedOrigin(request, route.options.allowedOrigins ?? '*')) return refuseOrigin(connection);
    const lastEventId = requestedCursor(request);
    const cursor = parseCursor(lastEventId ?? '');
    if (isLeft(cursor)) return answer(false);
    const { epoch } = cursor.right;
    const stop = (state: unknown): void => {
      const source = {
        inputs: route.decode.whenRead(request),
        state,
        requestedCursor: lastEventId,
        signal: connection.signal,
        pipeline: unpacedSession({}),
      };
      const owner = route.ownerOf(new SessionContext(userRequest, source));
      const access = { owner, onError: (error: unknown): void => reportError(where(), error) };
      const stopped = stopRun ? stopRun(epoch, access) : runs.stop(epoch, access);
      stopped.subscribe({ next: answer, error: onError });
    };
    callGuarded(onError, () => whenResolved(route.options.state?.(userRequest), onError, stop));
  };
}
