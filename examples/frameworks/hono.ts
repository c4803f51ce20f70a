import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { interval } from 'rxjs';
import { filterEvents, NonEmptyString, NumberFromString, shutdown, withDefault } from 'rxsse';
import { receive, sse } from 'rxsse/fetch';
import { checkUser, HttpError, Orders, orders, userOf } from './orders.ts';

const time = sse({ heartbeat: 100 }, interval(1000));
const publish = receive(orders);

const all = sse({ resume: { from: 'oldest' } }, orders);

const ofUser = sse(
  { events: Orders, params: { user: NonEmptyString }, query: { min: withDefault(NumberFromString, () => 0) } },
  (context) => {
    checkUser(context.params.user);
    return orders
      .read(context)
      .pipe(filterEvents(({ data }) => data.user === context.params.user && data.total >= context.query.min));
  },
);

const mine = sse({ events: Orders, state: ({ user }: Request & { user: string }) => user }, (context) =>
  orders.read(context).pipe(filterEvents(({ data }) => data.user === context.state)),
);

const signedIn = createMiddleware<{ Variables: { user: string } }>(async (c, next) => {
  c.set('user', userOf(c.req.header('Authorization')));
  await next();
});

const app = new Hono();
app.use(cors({ origin: 'https://shop.example' }), compress());
app.onError((error, c) => c.json({ message: error.message }, error instanceof HttpError ? error.status : 500));

app.get('/time', (c) => time(c.req.raw));

app.get('/orders', (c) => all(c.req.raw));
app.post('/orders', (c) => publish(c.req.raw));
app.get('/orders/:user', (c) => ofUser(c.req.raw, { params: c.req.param() }));
app.get('/mine', signedIn, (c) => mine(Object.assign(c.req.raw, { user: c.get('user') })));

let server: ReturnType<typeof serve>;

/** Listens, and returns the address. */
export async function start(): Promise<string> {
  server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 0) });
  if (server.address() === null) await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function stop(): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await shutdown([all, ofUser, mine], { duration: 0 });
  await closed;
}

export { orders };
