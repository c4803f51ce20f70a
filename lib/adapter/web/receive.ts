import { right } from 'fp-ts/lib/Either.js';
import type { AnyFeed } from '../../feed/coreOf.ts';
import { type AnyReceiveHandler, receivingInto } from '../../sink/handler.ts';
import { type ReceiveOptions, receiver } from '../receiver.ts';
import { exchange, partOf } from './answering.ts';
import { readJson } from './readJson.ts';

/** A handler for servers that take a web `Request` and return a `Response`. @category adapter */
export interface FetchReceiveHandler<R extends Request> extends AnyReceiveHandler {
  (request: R, context?: unknown): Promise<Response>;
}

/**
 * Publishes the events that clients POST, on servers that take a web `Request` and return a `Response`.
 *
 * It checks and answers as `receive` of the main entry point does: 202 with the cursor, 409 for a feed that has ended,
 * 422 for events that do not decode, and so on. The body is read here, as JSON of up to `maxBodyBytes`; one that was
 * read before is passed as `{ body }` in the second argument. What fails otherwise rejects the promise, for the
 * framework's own error handler; a `Response` that is thrown is the answer.
 *
 * @example A route of Next, in app/orders/route.ts
 * import { receive } from 'rxsse/fetch';
 *
 * const orders = feed(events({ OrderPaid: { order: t.string } }));
 * export const POST = receive(orders);
 *
 * @example Publish into the feed of a room, with the parameters of Next, in app/rooms/[room]/route.ts
 * import { receive } from 'rxsse/fetch';
 *
 * const rooms = feeds(events({ Said: { text: t.string } }));
 * export const POST = async (request: Request, { params }: { params: Promise<{ room: string }> }) => {
 *   const { room } = await params;
 *   return receive(rooms.get(room))(request);
 * };
 *
 * @throws TypeError at once, for a value that is not a feed.
 * @throws RangeError at once, for a bound below 1.
 * @see `receive` of the main entry point, for Express and for Node's own servers.
 * @category adapter
 */
export function receive<R extends Request = Request>(
  feed: AnyFeed | ((request: R) => AnyFeed | Promise<AnyFeed>),
  options: ReceiveOptions<R> = {},
): FetchReceiveHandler<R> {
  const receiveEvents = receiver(feed, options);
  const { maxBodyBytes = 64 * 1024 } = options;
  return receivingInto(feed, (request: R, context?: unknown) =>
    exchange(request, (parts, transport, next) => {
      const body = partOf(context, 'body');
      receiveEvents({
        request: parts,
        userRequest: request,
        transport,
        next,
        readBody: (done) => {
          if (body !== undefined) return done(right(body));
          readJson(request, parts.headers, maxBodyBytes).then(done, next);
        },
      });
    }),
  );
}
