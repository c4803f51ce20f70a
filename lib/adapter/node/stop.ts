import { type AnyStopHandler, routeOf, stopping } from '../../sink/handler.ts';
import type { Route } from '../../sink/Route.ts';
import type { SseRequest } from '../../sink/SseRequest.ts';
import { stopper } from '../../sink/stopper.ts';
import { type NodeHandler, nodeHandler } from './nodeHandler.ts';
import type { SseHandler } from './sse.ts';

/**
 * Stops the stream of one request that a route with `resume` retains, such as the answer of a language model: a reader
 * that disconnects does not.
 *
 * A DELETE or POST names the stream by any cursor of it, as a reader that resumes does: the header `Last-Event-ID` or, for a
 * client that cannot set it, the query parameter `lastEventId`. The stream is unsubscribed from, its `context.signal` is
 * aborted, and its log ends as completed: each reader gets what is stored, and then the end.
 *
 * - The answer is 204 when the end is stored, also for a stream that has ended before, as long as it is retained.
 * - It is 404 for a cursor of no stream, or of another `owner`; 403 for a page that is not of `allowedOrigins`; 405 for
 *   another method; 503 where the storage of `resume.log` fails. `state` and `owner` of the route are called for the
 *   request, and what they throw goes to `next`. A part of the request that `owner` reads has to decode; otherwise the error
 *   has the `status` 422.
 * - With a `resume.log` that other processes read, the request may arrive at any of them. The process of the stream
 *   unsubscribes when its log notifies it: with the next event, or within some 100 ms where it emits nothing.
 *
 * @example A stop button
 * const answer = sse({ resume: true }, ({ signal }) => interval(100));
 * app.get('/answer', answer);
 * app.delete('/answer', stop(answer));
 *
 * @throws TypeError at once, for a handler that retains no streams: one without `resume`, or of a feed.
 * @category adapter
 */
export function stop<R extends SseRequest>(handler: SseHandler<R>): NodeHandler<R> & AnyStopHandler {
  return stopping(routeOf(handler) as Route, nodeHandler(stopper(handler)) as NodeHandler<R>);
}
