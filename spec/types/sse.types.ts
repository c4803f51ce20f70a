import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { expectTypeOf } from 'expect-type';
import express, { type Request } from 'express';
import * as t from 'io-ts';
import { interval, map, merge, NEVER, type Observable, of } from 'rxjs';
import { type EventOf, event, events, feed, IntFromString, sse, withDefault } from '../../lib/index.ts';
import { comment, message } from '../../lib/wire/index.ts';

const app = express();
const Echo = event('echo', { message: t.string });
const Echoes = events({ Echo, ReverseEcho: { message: t.string } });
declare const echo: (message: string) => Observable<EventOf<typeof Echo>>;
declare function whoIs(request: Request): Promise<{ readonly user: string }>;

// Any Observable and any async iterable is a response, on Express and on plain servers.
app.get('/time', sse(interval(1000)));
createServer(sse(interval(1000)));
createHttp2Server(sse(interval(1000)));
declare const lines: AsyncIterable<string>;
app.get('/lines', sse(lines));

// What nobody asked to be decoded is not known.
sse(({ query, params, body, state, signal }) => {
  expectTypeOf(query).toEqualTypeOf<unknown>();
  expectTypeOf(params).toEqualTypeOf<unknown>();
  expectTypeOf(body).toEqualTypeOf<unknown>();
  expectTypeOf(state).toEqualTypeOf<undefined>();
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
  return NEVER;
});

// The context follows the options behind the handler.
app.get(
  '/sse3',
  sse(
    ({ query, params, body, state, request }) => {
      expectTypeOf(query.message).toEqualTypeOf<string>();
      expectTypeOf(query.limit).toEqualTypeOf<number>();
      expectTypeOf(params.id).toEqualTypeOf<number>();
      expectTypeOf(body).toEqualTypeOf<string>();
      expectTypeOf(state).toEqualTypeOf<{ readonly user: string }>();
      expectTypeOf(request).toEqualTypeOf<Request>();
      return merge(echo(query.message), of(Echoes.ReverseEcho({ message: state.user })));
    },
    {
      events: Echoes,
      query: { message: t.string, limit: withDefault(IntFromString, () => 10) },
      params: { id: IntFromString },
      body: t.string,
      state: whoIs,
    },
  ),
);

// A stream may be promised, be a feed, be frames, or a plain event of the contract.
sse(async () => echo('hi'), { events: Echoes });
sse(() => feed(Echoes));
sse(of(comment(), message({ event: 'echo', data: 1 })), { events: Echoes });
sse(of({ type: 'reverse_echo', data: { message: 'x' } } as const), { events: Echoes });

// @ts-expect-error the query has no such field
sse(({ query }) => of(query.mesage), { query: { message: t.string } });

// @ts-expect-error the field is a string
sse(({ query }) => of(query.message.toFixed()), { query: { message: t.string } });

// @ts-expect-error no event of the contract has this name
sse(of({ type: 'ecko', data: { message: 'x' } } as const), { events: Echoes });

// @ts-expect-error the message is a string
sse(of({ type: 'echo', data: { message: 5 } } as const), { events: Echoes });

// @ts-expect-error a number is no event of the contract
sse(interval(1), { events: Echoes });

// @ts-expect-error neither is what a handler makes of it
sse(() => interval(1).pipe(map((n) => ({ type: 'echo' as const, data: { message: n } }))), { events: Echoes });

// @ts-expect-error a list is no stream
sse([1, 2, 3]);

// @ts-expect-error a heartbeat is a number of milliseconds
sse(NEVER, { heartbeat: '15s' });

// @ts-expect-error there is no such option
sse(NEVER, { hartbeat: 15 });

// @ts-expect-error a feed publishes the events of its contract
feed(Echoes).publish({ type: 'echo', data: { message: 5 } });
