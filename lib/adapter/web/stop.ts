import { whenResolved } from '../../data/callUser.ts';
import { type AnyStopHandler, routeOf, stopping } from '../../sink/handler.ts';
import type { Route } from '../../sink/Route.ts';
import { stopper } from '../../sink/stopper.ts';
import { exchange, partOf } from './answering.ts';
import type { FetchHandler } from './sse.ts';

/**
 * Stops the stream of one request that a route with `resume` retains, on servers that take a web `Request` and return a
 * `Response`.
 *
 * It checks and answers as `stop` of the main entry point does: 204 when the end is stored, 404 for a cursor of no stream or
 * of another owner. What fails otherwise rejects the promise, for the framework's own error handler.
 *
 * @example A route of Next, in app/answer/route.ts
 * import { sse, stop } from 'rxsse/fetch';
 *
 * export const GET = sse({ resume: true }, () => interval(100));
 * export const DELETE = stop(GET);
 *
 * @throws TypeError at once, for a handler that retains no streams: one without `resume`, or of a feed.
 * @see `stop` of the main entry point, for Express and for Node's own servers.
 * @category adapter
 */
export function stop<R extends Request>(
  handler: FetchHandler<R>,
): ((request: R, context?: unknown) => Promise<Response>) & AnyStopHandler {
  const answer = stopper(handler);
  return stopping(routeOf(handler) as Route, (request: R, context?: unknown) =>
    exchange(request, (parts, transport, next) =>
      whenResolved(partOf(context, 'params') ?? partOf(request, 'params'), next, (params) =>
        answer({ request: { ...parts, params }, userRequest: request, transport, next }),
      ),
    ),
  );
}
