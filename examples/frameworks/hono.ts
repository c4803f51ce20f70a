import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { interval } from 'rxjs';
import { filterEvents, shutdown } from 'rxsse';
import { contract } from 'rxsse/contract';
import { receive, sse } from 'rxsse/fetch';
import { inspector } from 'rxsse/inspector';
import { addressOf } from './addressOf.ts';
import { HttpError, Orders, ofUserOptions, orders, paidBy, userOf } from './orders.ts';

const time = sse({ heartbeat: 100 }, interval(1000));
const publish = receive(orders);

const all = sse({ resume: { from: 'oldest' } }, orders);

const ofUser = sse(ofUserOptions, (context) =>
  orders.read(context).pipe(filterEvents(paidBy(context.params.user, context.query.min))),
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

const page = contract({ '/orders': [all, publish], '/orders/:user': ofUser, '/mine': mine });
app.get('/streams/*', (c) => page(c.req.raw));

const inspect = inspector({
  feeds: { orders },
  routes: { '/orders': all, '/orders/:user': ofUser, '/mine': mine },
  authorize: ({ headers }: Request) => userOf(headers.get('Authorization') ?? undefined) === 'staff',
  actions: true,
});
app.all('/inspect/*', (c) => inspect(c.req.raw));

let server: ReturnType<typeof serve>;

/** Listens, and returns the address. */
export function start(): Promise<string> {
  server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 0) });
  return addressOf(server);
}

export async function stop(): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await shutdown([all, ofUser, mine, inspect], { duration: 0 });
  await closed;
}

export { orders };
