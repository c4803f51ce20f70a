import { expectTypeOf } from 'expect-type';
import { Hono } from 'hono';
import * as t from 'io-ts';
import { interval, NEVER, of } from 'rxjs';
import { type FetchHandler, sse } from '../../lib/adapter/web/index.ts';
import { events, feed, IntFromString, sse as onNode, shutdown } from '../../lib/index.ts';

const Echoes = events({ Echo: { message: t.string } });
declare function whoIs(request: Request): Promise<{ readonly user: string }>;

// The context is that of the main entry point, of a web request.
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

// The request type of a framework is inferred from an annotation.
interface NextRequest extends Request {
  readonly nextUrl: URL;
}
const next = sse({ state: (request: NextRequest) => request.nextUrl.pathname }, NEVER);
expectTypeOf(next).toEqualTypeOf<FetchHandler<NextRequest>>();

// Hono.
new Hono().get('/by/:id', (c) => time(c.req.raw, { params: c.req.param() }));

// Next: the type that its build requires of a route's second argument, and the argument that it passes.
type SecondArgument<F> = F extends (...args: [never, infer A]) => unknown ? (unknown extends A ? 'any' : A) : never;
expectTypeOf<SecondArgument<typeof time>>().toEqualTypeOf<'any'>();
time satisfies (request: NextRequest, context: { params: Promise<{ id: string }> }) => Promise<Response>;

// Bun and Deno: the second argument is that of the runtime.
interface Server {
  readonly port: number;
  stop(): void;
}
interface ServeHandlerInfo {
  readonly remoteAddr: { readonly hostname: string };
}
time satisfies (request: Request, server: Server) => Response | Promise<Response>;
time satisfies (request: Request, info: ServeHandlerInfo) => Response | Promise<Response>;

// @ts-expect-error the headers of a web request are read by get
sse({ state: (request: Request) => request.headers.authorization }, NEVER);

// @ts-expect-error an event that the contract does not have
sse({ events: Echoes }, of({ type: 'other', data: 1 } as const));

// @ts-expect-error a handler of Node's servers is not a web handler
onNode(NEVER) satisfies (request: Request) => Promise<Response>;

// @ts-expect-error a web handler is not a handler of Node's servers
time satisfies Parameters<typeof import('node:http').createServer>[0];
