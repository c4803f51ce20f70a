import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { expectTypeOf } from 'expect-type';
import type { Express, Response as ExpressResponse, Request } from 'express';
import { interval } from 'rxjs';
import { sse as sseOfWeb, stop as stopOfWeb } from '../../lib/adapter/web/index.ts';
import { events, feed, sse, stop } from '../../lib/index.ts';

declare const app: Express;
const answer = sse({ resume: true }, () => interval(100));
const mine = sse({ state: (request: Request) => request.ip, resume: { owner: ({ state }) => state } }, () =>
  interval(100),
);

// One handler for every server: Express, and a plain one, which has no next.
app.delete('/answer', stop(answer));
app.post('/mine/stop', stop(mine));
expectTypeOf(stop(answer)).toExtend<RequestListener>();
expectTypeOf(stop(sse({ resume: true }, () => interval(100)))).toBeCallableWith(
  {} as IncomingMessage,
  {} as ServerResponse,
);

// It takes the request that the route takes.
expectTypeOf(stop(mine)).toBeCallableWith({} as Request, {} as ExpressResponse);
// @ts-expect-error a plain server has no request of Express
expectTypeOf(stop(mine)).toExtend<RequestListener>();

const onWeb = sseOfWeb({ resume: true }, () => interval(100));
expectTypeOf(stopOfWeb(onWeb)).returns.toEqualTypeOf<Promise<Response>>();

// @ts-expect-error a route of rxsse/fetch has the stop of rxsse/fetch
stop(onWeb);
// @ts-expect-error a route of the main entry point has the stop of the main entry point
stopOfWeb(answer);
// @ts-expect-error a feed is ended by its end()
stop(feed(events({ Tick: {} })));
