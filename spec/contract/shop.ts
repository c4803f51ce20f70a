import express, { type Express } from 'express';
import * as t from 'io-ts';
import { concat, NEVER, of } from 'rxjs';
import {
  BooleanFromString,
  DateFromISOString,
  event,
  events,
  feed,
  feeds,
  Int,
  IntFromString,
  NonEmptyString,
  oneOrMany,
  receive,
  sse,
  stop,
  withDefault,
} from 'rxsse';
import { type ContractOptions, contract } from 'rxsse/contract';

const Line = t.type({ sku: NonEmptyString, count: Int, price: t.number });

/** The events of a shop, with every kind of type that its documents show. */
export const Orders = events({
  OrderPlaced: {
    order: t.string,
    at: withDefault(DateFromISOString, () => new Date()),
    lines: t.array(Line),
    note: t.union([t.string, t.null]),
  },
  OrderPaid: { order: t.string, total: t.number, method: t.keyof({ card: null, invoice: null }) },
  OrderShipped: { order: t.string, carrier: t.union([t.literal('post'), t.literal('courier')]), tracking: t.string },
  'shop.closed': t.null,
});

const Rooms = events({ Said: { user: t.string, text: t.string } });
const Ping = event('ping');
const Answers = events({ Token: { text: t.string } });

/** Returns an app with the routes of a shop and their contract page at `/streams`, and the feed of its orders. */
export function shopApp(options: ContractOptions = {}) {
  const orders = feed(Orders);
  const rooms = feeds(Rooms, {});
  const query = {
    since: withDefault(IntFromString, () => 0),
    customer: t.string,
    kind: withDefault(oneOrMany(t.string), () => []),
    test: withDefault(BooleanFromString, () => false),
  };
  const readOrders = sse({ events: Orders, query, resume: { from: 'oldest' } }, (context) => orders.read(context));
  const postOrders = receive(orders);
  const room = sse({ params: { room: t.string }, events: Rooms }, ({ params }) => rooms.get(params.room));
  const say = receive(() => rooms.get('lobby'));
  const search = sse(
    { body: { text: NonEmptyString, limit: Int }, events: events({ Ping, Found: { name: t.string } }) },
    () => [Ping()],
  );
  const answers = sse(
    {
      body: { question: NonEmptyString },
      events: Answers,
      allowedOrigins: [],
      resume: { location: (_context, cursor) => `?lastEventId=${cursor}` },
    },
    ({ body }) => concat(of(Answers.Token({ text: body.question })), NEVER),
  );
  const stopAnswer = stop(answers);
  const app: Express = express();
  app.use(express.json());
  app.get('/orders', readOrders).post('/orders', postOrders);
  app.get('/rooms/:room', room).post('/rooms/:room', say);
  app.post('/search', search);
  app.route('/answers').post(answers).get(answers).delete(stopAnswer);
  app.use(
    '/streams',
    contract(
      {
        '/orders': [
          { handler: readOrders, description: 'Every order of the shop, as it is placed, paid and shipped.' },
          postOrders,
        ],
        '/rooms/:room': [room, { handler: say, events: Rooms, description: 'Says something in a room.' }],
        '/search': { handler: search, description: 'Searches the catalogue, and streams what is found.' },
        '/answers': [{ handler: answers, description: 'Answers a question of a customer.' }, stopAnswer],
      },
      {
        title: 'Shop',
        version: '2.1.0',
        description: 'Live streams of orders, chat rooms and search results. Open any of them from this page.',
        descriptions: {
          order_placed: 'A customer has placed an order.',
          order_paid: 'The payment of an order has arrived.',
          'order_paid.total': 'In euros, with tax.',
          order_shipped: 'A parcel has left the house.',
        },
        examples: {
          order_placed: {
            order: 'A-17',
            at: '2026-11-28T09:30:00.000Z',
            lines: [{ sku: 'tea-100', count: 2, price: 6.25 }],
            note: null,
          },
          order_paid: { order: 'A-17', total: 12.5, method: 'card' },
          order_shipped: { order: 'A-17', carrier: 'post', tracking: 'RR123456785' },
          said: { user: 'ada', text: 'hello' },
        },
        ...options,
      },
    ),
  );
  return { app, orders };
}
