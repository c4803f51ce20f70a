import { isLeft } from 'fp-ts/lib/Either.js';
import { linesOf } from '../codec/describeFailure.ts';
import { callGuarded, whenResolved } from '../data/callUser.ts';
import { DecodeError } from '../error/DecodeError.ts';
import { hasTag } from '../error/RxsseError.ts';
import { reportError } from '../error/reportError.ts';
import type { StorageError } from '../error/StorageError.ts';
import { parseCursor } from '../event/cursor.ts';
import { unpacedSession } from '../feed/ReaderSession.ts';
import { Connection } from './Connection.ts';
import { routeOf } from './handler.ts';
import type { Route } from './Route.ts';
import { refuse, refuseError, refuseFullServer, refuseMethod, refuseOrigin } from './refuse.ts';
import { inputDecoder, isAllowedOrigin, type RequestInputs, requestedCursor } from './requestInputs.ts';
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
 * @throws TypeError for anything but the handler of a route that retains streams of single requests.
 */
export function stopper(handler: unknown): (stop: StopRequest) => void {
  const route = routeOf(handler);
  const runs = route?.runs;
  if (route === undefined || runs === undefined) throw new TypeError(notStoppable);
  const inputsOf = inputReader(route);

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
    const stop = (state: unknown): void => {
      const source = {
        inputs: inputsOf(request),
        state,
        requestedCursor: lastEventId,
        signal: connection.signal,
        pipeline: unpacedSession({}),
      };
      const owner = route.ownerOf(new SessionContext(userRequest, source));
      const report = (error: unknown): void => reportError(where(), error);
      runs.stop(cursor.right.epoch, owner, report).subscribe({ next: answer, error: onError });
    };
    callGuarded(onError, () => whenResolved(route.options.state?.(userRequest), onError, stop));
  };
}

/** Returns a function that decodes a part of a request when it is read: a request to stop need not have the others. */
function inputReader({ options }: Route): (request: SseRequest) => RequestInputs {
  const decoders = {
    query: inputDecoder({ query: options.query }),
    params: inputDecoder({ params: options.params }),
    body: inputDecoder({ body: options.body }),
  };
  return (request) => {
    const read = (part: keyof RequestInputs): unknown => {
      const decoded = decoders[part](request);
      if (isLeft(decoded)) {
        throw Object.assign(new DecodeError(request[part], linesOf(decoded.left)), { status: 422 });
      }
      return decoded.right[part];
    };
    return {
      get query() {
        return read('query');
      },
      get params() {
        return read('params');
      },
      get body() {
        return read('body');
      },
    };
  };
}
