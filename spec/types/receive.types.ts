import type { IncomingMessage, RequestListener } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { expectTypeOf } from 'expect-type';
import type { Express, Request } from 'express';
import * as t from 'io-ts';
import type { ReceiveRequest } from '../../lib/adapter/node/readBody.ts';
import { type ReceiveHandler, receive } from '../../lib/adapter/node/receive.ts';
import { events, type Feed, feed, feeds, type SseRequest, sse } from '../../lib/index.ts';

const Orders = events({ OrderPaid: { order: t.string, total: t.number } });
const orders = feed(Orders);
const rooms = feeds(Orders);

declare const app: Express;

// One handler for every server: Express, and a plain one, which has no next.
expectTypeOf(receive(orders)).toEqualTypeOf<ReceiveHandler<SseRequest>>();
app.post('/orders', receive(orders));
app.post('/orders', receive(orders, { maxBodyBytes: 1024, maxBatch: 10 }));
expectTypeOf(receive(orders)).toExtend<RequestListener>();
expectTypeOf<IncomingMessage>().toExtend<ReceiveRequest>();
expectTypeOf<Http2ServerRequest>().toExtend<ReceiveRequest>();
expectTypeOf<Request>().toExtend<ReceiveRequest>();

// A function receives the annotated request, and without an annotation the members that every server has.
app.post(
  '/:room',
  receive((request: Request<{ room: string }>) => rooms.get(request.params.room)),
);
app.post(
  '/:room',
  receive(async ({ headers }) => rooms.get(String(headers.room))),
);
expectTypeOf(receive((request: Request) => rooms.get(request.ip ?? ''))).toEqualTypeOf<ReceiveHandler<Request>>();
receive((request) => {
  expectTypeOf(request).toEqualTypeOf<SseRequest>();
  return orders;
});
expectTypeOf(receive<SseRequest>).returns.toEqualTypeOf<ReceiveHandler<SseRequest>>();

// Feeds of different contracts by one function.
declare const either: (request: Request) => Feed<typeof Orders> | Promise<Feed>;
receive(either);

// @ts-expect-error the feed, not its contract
receive(Orders);
// @ts-expect-error one feed of a family
receive(rooms);
// @ts-expect-error a handler is not a feed
receive(sse(orders));
// @ts-expect-error a number of bytes
receive(orders, { maxBodyBytes: '64kb' });
// @ts-expect-error a misspelt option
receive(orders, { maximum: 5 });
// @ts-expect-error the function returns a feed
receive(() => Orders);
// @ts-expect-error a plain server has no such request
expectTypeOf(receive((request: Request) => rooms.get(request.ip ?? ''))).toExtend<RequestListener>();
