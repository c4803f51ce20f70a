import compress from '@fastify/compress';
import cors from '@fastify/cors';
import fastify, { type FastifyRequest } from 'fastify';
import { interval } from 'rxjs';
import { filterEvents, receive, shutdown, sse } from 'rxsse';
import { contract } from 'rxsse/contract';
import { inspector } from 'rxsse/inspector';
import { Orders, ofUserOptions, orders, paidBy, userOf } from './orders.ts';

declare module 'fastify' {
  interface FastifyRequest {
    user: string;
  }
}

const all = sse({ resume: { from: 'oldest' } }, orders);

const ofUser = sse(ofUserOptions, (context) =>
  orders.read(context).pipe(filterEvents(paidBy(context.params.user, context.query.min))),
);

const mine = sse({ events: Orders, state: (request: FastifyRequest) => request.user }, (context) =>
  orders.read(context).pipe(filterEvents(({ data }) => data.user === context.state)),
);

const app = fastify({ return503OnClosing: false });
await app.register(cors, { origin: 'https://shop.example' });
await app.register(compress);

app.get('/time', sse({ heartbeat: 100 }, interval(1000)));
app.get('/orders', all);
app.post('/orders', receive(orders));
app.get('/orders/:user', ofUser);

await app.register(async (scope) => {
  scope.decorateRequest('user', '');
  scope.addHook('onRequest', async (request) => {
    request.user = userOf(request.headers.authorization);
  });
  scope.get('/mine', mine);
});

const page = contract({ '/orders': all, '/orders/:user': ofUser, '/mine': mine });
app.get('/streams', page).get('/streams/*', page);

const inspect = inspector({
  feeds: { orders },
  routes: { '/orders': all, '/orders/:user': ofUser, '/mine': mine },
  authorize: ({ headers }: FastifyRequest) => userOf(headers.authorization) === 'staff',
  actions: true,
});
app.all('/inspect', inspect).all('/inspect/*', inspect);

app.addHook('preClose', () => shutdown([all, ofUser, mine, inspect], { duration: 0 }));

/** Listens, and returns the address. */
export const start = () => app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 0) });
export const stop = () => app.close();
export { orders };
