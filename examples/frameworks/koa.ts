import { once } from 'node:events';
import type { Server } from 'node:http';
import cors from '@koa/cors';
import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import compress from 'koa-compress';
import { interval } from 'rxjs';
import { filterEvents, receive, shutdown, sse } from 'rxsse';
import { contract } from 'rxsse/contract';
import { inspector } from 'rxsse/inspector';
import { addressOf } from './addressOf.ts';
import { Orders, ofUserOptions, orders, paidBy, userOf } from './orders.ts';

const all = sse({ resume: { from: 'oldest' } }, orders);

const ofUser = sse(ofUserOptions, (context) =>
  orders.read(context).pipe(filterEvents(paidBy(context.params.user, context.query.min))),
);

const mine = sse({ events: Orders, state: ({ state }: Context) => state.user }, (context) =>
  orders.read(context).pipe(filterEvents(({ data }) => data.user === context.state)),
);

const app = new Koa();
const router = new Router();

router.get('/time', sse({ heartbeat: 100 }, interval(1000)));

router.get('/orders', all);
router.post('/orders', receive(orders));
router.get('/orders/:user', ofUser);

const signedIn = async (context: Context, next: Koa.Next) => {
  context.state.user = userOf(context.get('Authorization'));
  await next();
};
router.get('/mine', signedIn, mine);

const page = contract({ '/orders': all, '/orders/:user': ofUser, '/mine': mine });
router.get(/^\/streams(\/.*)?$/, page);

const inspect = inspector({
  feeds: { orders },
  routes: { '/orders': all, '/orders/:user': ofUser, '/mine': mine },
  authorize: (context: Context) => userOf(context.get('Authorization')) === 'staff',
  actions: true,
});
router.all(/^\/inspect(\/.*)?$/, inspect);

app.use(cors({ origin: 'https://shop.example' }));
app.use(compress());
app.use(router.routes()).use(router.allowedMethods());

let server: Server;

/** Listens, and returns the address. */
export function start(): Promise<string> {
  server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1');
  return addressOf(server);
}

export async function stop(): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await shutdown([all, ofUser, mine, inspect], { duration: 0 });
  await closed;
}

export { orders };
