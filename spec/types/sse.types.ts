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

// Undecoded inputs are unknown.
sse(({ query, params, body, state, signal }) => {
  expectTypeOf(query).toEqualTypeOf<unknown>();
  expectTypeOf(params).toEqualTypeOf<unknown>();
  expectTypeOf(body).toEqualTypeOf<unknown>();
  expectTypeOf(state).toEqualTypeOf<undefined>();
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
  return NEVER;
});

// The context is inferred from the options.
app.get(
  '/sse3',
  sse(
    {
      events: Echoes,
      query: { message: t.string, limit: withDefault(IntFromString, () => 10) },
      params: { id: IntFromString },
      body: t.string,
      state: whoIs,
    },
    ({ query, params, body, state, request }) => {
      expectTypeOf(query.message).toEqualTypeOf<string>();
      expectTypeOf(query.limit).toEqualTypeOf<number>();
      expectTypeOf(params.id).toEqualTypeOf<number>();
      expectTypeOf(body).toEqualTypeOf<string>();
      expectTypeOf(state).toEqualTypeOf<{ readonly user: string }>();
      expectTypeOf(request).toEqualTypeOf<Request>();
      return merge(echo(query.message), of(Echoes.ReverseEcho({ message: state.user })));
    },
  ),
);

// A stream can be a promise of one, a feed, frames, or plain events of the contract.
sse({ events: Echoes }, async () => echo('hi'));
sse(() => feed(Echoes));
sse({ events: Echoes }, of(comment(), message({ event: 'echo', data: 1 })));
sse({ events: Echoes }, of({ type: 'reverse_echo', data: { message: 'x' } } as const));

// @ts-expect-error the query has no such field
sse({ query: { message: t.string } }, ({ query }) => of(query.mesage));

// @ts-expect-error the field is a string
sse({ query: { message: t.string } }, ({ query }) => of(query.message.toFixed()));

// @ts-expect-error no event of the contract has this name
sse({ events: Echoes }, of({ type: 'ecko', data: { message: 'x' } } as const));

// @ts-expect-error the message is a string
sse({ events: Echoes }, of({ type: 'echo', data: { message: 5 } } as const));

// @ts-expect-error a number is not an event of the contract
sse({ events: Echoes }, interval(1));

// @ts-expect-error nor is the result of a handler
sse({ events: Echoes }, () => interval(1).pipe(map((n) => ({ type: 'echo' as const, data: { message: n } }))));

// An array and every other iterable except a string is read at the pace of its reader.
sse([1, 2, 3]);
sse({ events: Echoes }, [Echoes.Echo({ message: 'a' })]);
// @ts-expect-error a number is not an event of the contract
sse({ events: Echoes }, [1]);
// @ts-expect-error a string is not a stream
sse('text');

// @ts-expect-error a heartbeat is a number of milliseconds
sse({ heartbeat: '15s' }, NEVER);

// @ts-expect-error there is no such option
sse({ hartbeat: 15 }, NEVER);

// @ts-expect-error a feed publishes the events of its contract
feed(Echoes).publish({ type: 'echo', data: { message: 5 } });

// Each request may get a stream of other values.
declare const flag: boolean;
sse({ events: Echoes }, ({ signal }) => (signal.aborted ? of(Echoes.ReverseEcho({ message: 'x' })) : echo('x')));
sse({ retry: 5 }, flag ? of(5) : of('five'));
