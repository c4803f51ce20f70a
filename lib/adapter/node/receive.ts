import type { AnyFeed } from '../../feed/coreOf.ts';
import { type AnyReceiveHandler, receivingInto } from '../../sink/handler.ts';
import type { SseRequest } from '../../sink/SseRequest.ts';
import { type ReceiveOptions, receiver } from '../receiver.ts';
import { type NodeHandler, nodeHandler } from './nodeHandler.ts';
import { type ReceiveRequest, readBody } from './readBody.ts';

/** A handler for Express 4 and 5, Fastify, Koa, and plain `http` and `http2` servers. @category adapter */
export interface ReceiveHandler<R extends SseRequest> extends NodeHandler<R, R & ReceiveRequest>, AnyReceiveHandler {}

/**
 * Publishes the events that clients POST: each is decoded by the feed's contract, defaults are filled in, and all
 * events of a request are appended to the log together, or none is.
 *
 * The body is `{ "type": ..., "data": ... }` or an array of them: `request.body` if a parser left one there, or else
 * JSON that is read here. The answer is 202 `{ "cursor": "..." }`, the cursor of the last event, once the log has stored
 * them.
 *
 * - A body that does not decode is answered 422 with a problem that names every path and no value; other bodies 400,
 *   413 or 415; other methods 405. A feed that has ended is answered 409, so that a client which repeats what got a 5xx
 *   stops.
 * - A request that repeats an `Idempotency-Key` (1 to 255 visible ASCII characters) appends nothing and gets the cursor
 *   of the first one, for as long as the log remembers keys; one that sends other events under a used key is answered 422.
 *   The option `client` gives each client keys of its own.
 * - What the log fails with, and what a function given for `feed` throws or rejects with, goes to `next`, rejects the promise of
 *   the handler on Fastify and Koa, or else is answered with the error's `status`. A full registry of feeds is answered 503 with `Retry-After`.
 * - A client that disconnects before it has sent everything publishes nothing. A function given for `feed` is called
 *   when the body has arrived.
 *
 * - The type must be JSON, whichever parser reads the body, and a page of another origin is answered 403 (`allowedOrigins`).
 *
 * Check who may publish before this handler, or in the function that returns the feed.
 *
 * @example Publish over HTTP and resume
 * const orders = feed(events({ OrderPaid: { order: t.string } }));
 * app.post('/orders', receive(orders));
 * app.get('/orders', sse(orders));
 *
 * @example Publish into the feed of a room, by the parameters of the path
 * import type { Request } from 'express';
 *
 * const rooms = feeds(events({ Said: { text: t.string } }));
 * app.post('/rooms/:room', receive((request: Request<{ room: string }>) => rooms.get(request.params.room)));
 *
 * @throws TypeError at once, for a value that is not a feed.
 * @throws RangeError at once, for a bound below 1.
 * @category adapter
 */
export function receive<R extends SseRequest = SseRequest>(
  feed: AnyFeed | ((request: R) => AnyFeed | Promise<AnyFeed>),
  options: ReceiveOptions<R> = {},
): ReceiveHandler<R> {
  const receiveEvents = receiver(feed, options);
  const { maxBodyBytes = 64 * 1024 } = options;
  const handler = nodeHandler(({ request, userRequest, rawRequest, transport, next }) =>
    receiveEvents({
      request,
      userRequest: userRequest as R,
      transport,
      next,
      readBody: (done) => readBody(request, rawRequest as ReceiveRequest, maxBodyBytes, done),
    }),
  );
  return receivingInto(feed, handler) as ReceiveHandler<R>;
}
