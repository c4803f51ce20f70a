import type { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { expectTypeOf } from 'expect-type';
import * as t from 'io-ts';
import type { Observable } from 'rxjs';
import { type EventOf, events, feed, sse } from '../../lib/index.ts';
import { conditionalGet, type Polled, type PollResponse } from '../../lib/source/conditionalGet.ts';
import { fromEmitter } from '../../lib/source/fromEmitter.ts';
import { fromPoll } from '../../lib/source/fromPoll.ts';
import { fromReadable } from '../../lib/source/fromReadable.ts';
import type { PollRequest } from '../../lib/source/PollRequest.ts';

const Orders = events({ OrderPaid: { order: t.string }, OrderShipped: { order: t.string } });
type Order = EventOf<typeof Orders>;

/* fromReadable */

declare const bytes: ReadableStream<Uint8Array>;
declare const readable: Readable;
declare const response: { readonly body: ReadableStream<Uint8Array> | null };
declare const foreign: { getReader(): { read(): Promise<{ done: boolean; value?: Date }>; cancel(): Promise<void> } };
async function* dates(): AsyncGenerator<Date, number> {
  yield new Date();
  return 5;
}

expectTypeOf(fromReadable(dates)).toEqualTypeOf<Observable<Date>>();
expectTypeOf(fromReadable(() => bytes)).toEqualTypeOf<Observable<Uint8Array>>();
expectTypeOf(fromReadable(async () => response.body)).toEqualTypeOf<Observable<Uint8Array>>();
expectTypeOf(fromReadable(() => foreign)).toEqualTypeOf<Observable<Date>>();
expectTypeOf(fromReadable<string>(() => readable)).toEqualTypeOf<Observable<string>>();
expectTypeOf(
  fromReadable((signal) => {
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    return null;
  }),
).toEqualTypeOf<Observable<unknown>>();
sse(fromReadable(dates));

// @ts-expect-error an array is not an asynchronous source
fromReadable(() => [1, 2]);
// @ts-expect-error a factory that each subscriber calls
fromReadable(dates());

/* fromEmitter */

declare const socket: Socket;
declare const server: Server;
declare const shop: EventEmitter<{ paid: [order: string, total: number]; closed: [] }>;
declare const untyped: EventEmitter;
declare const signal: AbortSignal;
declare const webSocket: EventTarget & { onmessage: ((event: { readonly data: string }) => unknown) | null };

// The arguments of the functions are inferred from the overloads of `on`.
fromEmitter(server, {
  request: (request, response) => {
    expectTypeOf(request.url).toEqualTypeOf<string | undefined>();
    expectTypeOf(response.writable).toEqualTypeOf<boolean>();
  },
});
expectTypeOf(
  fromEmitter(socket, { close: (hadError) => hadError, data: (data) => data.byteLength }, { end: 'end' }),
).toEqualTypeOf<Observable<boolean | number>>();

// For a typed EventEmitter they are annotated and checked.
const made = fromEmitter(shop, {
  paid: (order: string) => Orders.OrderPaid({ order }),
  closed: () => Orders.OrderShipped({ order: '' }),
});
expectTypeOf(made).toEqualTypeOf<Observable<Order>>();
feed(Orders, { source: made });
declare const orders: () => AsyncGenerator<Order>;
feed(Orders, { source: orders });
feed(Orders, { source: () => [Orders.OrderPaid({ order: '' })] });
// @ts-expect-error the iterable has values that are not events
feed(Orders, { source: () => [1] });
// @ts-expect-error a source that is subscribed to again has to create its iterable again
feed(Orders, { source: orders() });
fromEmitter(untyped, { anything: (n: number) => n });
fromEmitter(shop, {
  paid: (order) => {
    expectTypeOf(order).toEqualTypeOf<unknown>();
  },
});

// For a DOM object they are inferred from its `onmessage`; otherwise they are an Event.
expectTypeOf(fromEmitter(webSocket, { message: ({ data }) => data })).toEqualTypeOf<Observable<string>>();
fromEmitter(signal, {
  abort: (event) => {
    expectTypeOf(event).toEqualTypeOf<Event>();
  },
});

// @ts-expect-error the second argument is a number
fromEmitter(shop, { paid: (order: string, total: string) => order + total });
// @ts-expect-error data of a socket is bytes
fromEmitter(socket, { data: (data: number) => data });
// @ts-expect-error a function makes the value
fromEmitter(socket, { data: 'data' });
// @ts-expect-error an object without listeners
fromEmitter({}, { data: () => 1 });

/* fromPoll */

declare const answers: Observable<Date>;
declare const ask: (request: PollRequest<unknown>) => Promise<PollResponse & { json(): Promise<{ rate: number }> }>;

expectTypeOf(fromPoll(() => answers, { interval: 1 })).toEqualTypeOf<Observable<Date>>();
expectTypeOf(fromPoll(async ({ etag }) => etag, { interval: 1 })).toEqualTypeOf<Observable<string | undefined>>();
expectTypeOf(
  fromPoll(
    conditionalGet(ask, (r) => r.json()),
    { interval: 1 },
  ),
).toEqualTypeOf<Observable<{ rate: number }>>();
expectTypeOf(conditionalGet(ask, (r) => r.status)).returns.toEqualTypeOf<Promise<Polled<number>>>();
expectTypeOf(fromPoll(async ({ last = 0 }: PollRequest<number>) => last + 1, { interval: 1 })).toEqualTypeOf<
  Observable<number>
>();
// A request is an argument of `fetch`.
expectTypeOf(fromPoll((request) => fetch('', request), { interval: 1 })).toEqualTypeOf<Observable<Response>>();
conditionalGet(
  (request) => fetch('', request),
  (r) => r.json(),
);

// @ts-expect-error interval is required
fromPoll(() => answers, {});
// @ts-expect-error the last value has the type of the stream
fromPoll(({ last }: PollRequest<number>) => Promise.resolve(String(last)), { interval: 1 });
// @ts-expect-error a poll returns a promise
fromPoll(() => 5, { interval: 1 });
