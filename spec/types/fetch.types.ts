import { expectTypeOf } from 'expect-type';
import { Hono } from 'hono';
import * as t from 'io-ts';
import { interval, NEVER, of } from 'rxjs';
import { type FetchHandler, sse } from '../../lib/adapter/web/index.ts';
import { events, feed, IntFromString, sse as onNode, shutdown } from '../../lib/index.ts';

const Echoes = events({ Echo: { message: t.string } });
declare function whoIs(request: Request): Promise<{ readonly user: string }>;

// The context is that of the main door, of a web request.
sse(
  {
    events: Echoes,
    query: { limit: IntFromString },
    params: { id: IntFromString },
    body: { question: t.string },
    maxBodyBytes: 1024,
    state: whoIs,
  },
  ({ query, params, body, state, request, signal }) => {
    expectTypeOf(query.limit).toEqualTypeOf<number>();
    expectTypeOf(params.id).toEqualTypeOf<number>();
    expectTypeOf(body.question).toEqualTypeOf<string>();
    expectTypeOf(state).toEqualTypeOf<{ readonly user: string }>();
    expectTypeOf(request).toEqualTypeOf<Request>();
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    return of(Echoes.Echo({ message: state.user }));
  },
);
sse(({ query, state }) => {
  expectTypeOf(query).toEqualTypeOf<unknown>();
  expectTypeOf(state).toEqualTypeOf<undefined>();
  return NEVER;
});

const time = sse(interval(1000));
expectTypeOf(time).toEqualTypeOf<FetchHandler<Request>>();
expectTypeOf(time(new Request('http://here/'))).toEqualTypeOf<Promise<Response>>();
shutdown(time);
sse(feed(Echoes));

// A framework's own request is known where it is named.
interface NextRequest extends Request {
  readonly nextUrl: URL;
}
const next = sse({ state: (request: NextRequest) => request.nextUrl.pathname }, NEVER);
expectTypeOf(next).toEqualTypeOf<FetchHandler<NextRequest>>();

// Hono.
new Hono().get('/by/:id', (c) => time(c.req.raw, { params: c.req.param() }));

// Next: what its build checks of a route's second argument, and what it calls it with.
type SecondArgument<F> = F extends (...given: [never, infer A]) => unknown ? (unknown extends A ? 'any' : A) : never;
expectTypeOf<SecondArgument<typeof time>>().toEqualTypeOf<'any'>();
time satisfies (request: NextRequest, context: { params: Promise<{ id: string }> }) => Promise<Response>;

// Bun and Deno: the second argument is theirs.
interface Server {
  readonly port: number;
  stop(): void;
}
interface ServeHandlerInfo {
  readonly remoteAddr: { readonly hostname: string };
}
time satisfies (request: Request, server: Server) => Response | Promise<Response>;
time satisfies (request: Request, info: ServeHandlerInfo) => Response | Promise<Response>;

// @ts-expect-error a web request has headers that are asked by name
sse({ state: (request: Request) => request.headers.authorization }, NEVER);

// @ts-expect-error an event that the contract does not have
sse({ events: Echoes }, of({ type: 'other', data: 1 } as const));

// @ts-expect-error a handler of Node's servers is none of the web
onNode(NEVER) satisfies (request: Request) => Promise<Response>;

// @ts-expect-error and the other way round
time satisfies Parameters<typeof import('node:http').createServer>[0];
