import type { RequestListener } from 'node:http';
import express from 'express';
import express4 from 'express4';
import type { SseHandler, SseRequest } from '../../lib/index.ts';

/** A server that a route is mounted on at `/`, and what it did with an error handed to `next`. */
export interface Mounted {
  readonly listener: RequestListener;
  readonly errors: unknown[];
}

type Mount = (route: SseHandler<SseRequest>) => Mounted;

function onExpress(make: typeof express): Mount {
  return (route) => {
    const errors: unknown[] = [];
    const app = make();
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

/** The servers that every spec of the sink over HTTP runs on. */
export const expressServers: Readonly<Record<string, Mount>> = {
  'Express 5': onExpress(express),
  'Express 4': onExpress(express4),
};

export const servers: Readonly<Record<string, Mount>> = {
  ...expressServers,
  'plain http': (route) => ({ listener: (request, response) => route(request, response), errors: [] }),
};
