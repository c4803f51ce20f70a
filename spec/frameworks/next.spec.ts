import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { shutdown } from 'rxsse';
import * as inspect from '../../examples/frameworks/next/app/inspect/[[...path]]/route.ts';
import * as mine from '../../examples/frameworks/next/app/mine/route.ts';
import * as ofUser from '../../examples/frameworks/next/app/orders/[user]/route.ts';
import * as all from '../../examples/frameworks/next/app/orders/route.ts';
import * as streams from '../../examples/frameworks/next/app/streams/[[...path]]/route.ts';
import * as time from '../../examples/frameworks/next/app/time/route.ts';
import { orders } from '../../examples/frameworks/next/lib/orders.ts';
import { overFetch } from '../support/overFetch.ts';
import { itServes } from './behavior.ts';

type Handler = (request: Request, context: { params: Promise<{ user?: string }> }) => Promise<Response>;

const routes: readonly (readonly [RegExp, Readonly<Record<string, Handler | undefined>>])[] = [
  [/^\/orders$/, all],
  [/^\/orders\/(\w+)$/, ofUser],
  [/^\/mine$/, mine],
  [/^\/time$/, time],
  [/^\/streams(?:\/.*)?$/, streams],
  [/^\/inspect(?:\/.*)?$/, inspect],
];

/** Calls the handler of a route file as Next does: with the request, HEAD included, and a promise of the parameters. */
const server = createServer(
  overFetch(async (request) => {
    const { pathname } = new URL(request.url);
    for (const [path, methods] of routes) {
      const match = path.exec(pathname);
      const handler = methods[request.method === 'HEAD' ? 'GET' : request.method];
      if (match !== null && handler !== undefined) {
        return handler(request, { params: Promise.resolve(match[1] === undefined ? {} : { user: match[1] }) });
      }
    }
    return new Response('no such route', { status: 404 });
  }),
);

async function start(): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await shutdown(orders, { duration: 0 });
  await closed;
}

describe('the route files of Next', () => {
  itServes(
    { orders, start, stop },
    { pattern: '/orders/ada', errorBody: (_status, message) => message, hasCors: false },
  );
});
