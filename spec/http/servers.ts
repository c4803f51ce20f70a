import type { RequestListener } from 'node:http';
import compression from 'compression';
import express, { type RequestHandler } from 'express';
import express4 from 'express4';
import { answering } from '../../lib/adapter/web/answering.ts';
import type { SseHandler, SseRequest } from '../../lib/index.ts';
import { routeOf } from '../../lib/sink/handler.ts';
import { overHttp2 } from '../support/listen.ts';
import { overFetch } from '../support/overFetch.ts';

/** A server with a route at `/`, and the errors that were passed to `next`. */
interface Mounted {
  readonly listener: RequestListener;
  readonly errors: unknown[];
}

type Mount = (route: SseHandler<SseRequest>) => Mounted;

function onExpress(make: typeof express, ...before: readonly RequestHandler[]): Mount {
  return (route) => {
    const errors: unknown[] = [];
    const app = make();
    for (const middleware of before) app.use(middleware);
    app.use(make.json());
    app.all('/', route);
    app.all('/by/:id', route);
    app.use((error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      errors.push(error);
      response.status(503).send('from next');
    });
    return { listener: app, errors };
  };
}

/** Mounts the route itself, since the specs create routes with `sse` of the main entry point, which shares its parts. */
const onFetch: Mount = (handler) => {
  const route = routeOf(handler);
  if (route === undefined) throw new TypeError('expected what sse() returned');
  const errors: unknown[] = [];
  const answer = answering(route, 1024);
  const listener = overFetch((request) =>
    answer(request).catch((error: unknown) => {
      errors.push(error);
      return new Response('from the server', { status: 503 });
    }),
  );
  return { listener, errors };
};

/** The servers that have `next` and parse bodies for the route. */
export const expressServers: Readonly<Record<string, Mount>> = {
  'Express 5': onExpress(express),
  'Express 4': onExpress(express4),
  'Express 5 behind compression': onExpress(express, compression({ threshold: 0 })),
};

/** Node's own servers, without a framework. */
export const bareServers: Readonly<Record<string, Mount>> = {
  'plain http': (route) => ({ listener: (request, response) => route(request, response), errors: [] }),
  http2: (route) => ({ listener: overHttp2((request, response) => route(request, response)), errors: [] }),
};

/** The servers that every spec of the sink over HTTP runs on. */
export const servers: Readonly<Record<string, Mount>> = {
  ...expressServers,
  ...bareServers,
  Response: onFetch,
};

/** One header of a request, of Node's or of the web. */
export function headerOf({ headers }: SseRequest, name: string): unknown {
  return headers instanceof Headers ? headers.get(name) : headers[name];
}
