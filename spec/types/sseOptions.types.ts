import { expectTypeOf } from 'expect-type';
import type { Request } from 'express';
import * as t from 'io-ts';
import { interval, map, NEVER, type Observable, of } from 'rxjs';
import {
  type CloseReason,
  connectionLimit,
  type Entry,
  type EventOf,
  events,
  feed,
  type Gap,
  IntFromString,
  type SseContext,
  type SseRequest,
  sse,
  withId,
} from '../../lib/index.ts';
import { message } from '../../lib/wire/index.ts';

const Orders = events({ OrderPaid: { user: t.string, total: t.number }, 'order.sent': { user: t.string } });
type Order = EventOf<typeof Orders>;
declare const orders$: Observable<Order>;
const orders = feed(Orders);

// Every callback among the options gets the context that the options determine, without an annotation.
type Context = SseContext<{
  query: { page: number };
  params: { id: string };
  body: { text: string };
  state: { user: string };
}>;
sse(
  {
    events: Orders,
    query: { page: IntFromString },
    params: { id: t.string },
    body: { text: t.string },
    state: async (request) => {
      expectTypeOf(request).toEqualTypeOf<SseRequest>();
      return { user: 'ada' };
    },
    onOpen: (context) => expectTypeOf(context).toEqualTypeOf<Context>(),
    onClose: (reason, stats, context) => {
      expectTypeOf(reason).toEqualTypeOf<CloseReason>();
      expectTypeOf(stats.events).toEqualTypeOf<number>();
      expectTypeOf(context).toEqualTypeOf<Context>();
    },
    onGap: (gap, context) => {
      expectTypeOf(gap).toEqualTypeOf<Gap['data']>();
      expectTypeOf(context).toEqualTypeOf<Context>();
    },
    onOverflow: (dropped, context) => {
      expectTypeOf(dropped).toEqualTypeOf<number>();
      expectTypeOf(context).toEqualTypeOf<Context>();
    },
    onError: (error, context) => {
      expectTypeOf(error).toEqualTypeOf<unknown>();
      expectTypeOf(context).toEqualTypeOf<Context>();
      return Orders['order.sent']({ user: context.state.user });
    },
    expiresAt: (context) => {
      expectTypeOf(context).toEqualTypeOf<Context>();
      return new Date();
    },
    headers: (context) => {
      expectTypeOf(context).toEqualTypeOf<Context>();
      return { 'X-User': context.state.user };
    },
    overflow: {
      conflateBy: (order) => {
        expectTypeOf(order).toEqualTypeOf<Order>();
        return order.data.user;
      },
      merge: (waiting, order) => {
        expectTypeOf(waiting).toEqualTypeOf<Order>();
        return order;
      },
    },
    resume: {
      owner: (context) => {
        expectTypeOf(context).toEqualTypeOf<Context>();
        return context.state.user;
      },
      snapshot: (context, missed) => {
        expectTypeOf(context).toEqualTypeOf<Context>();
        expectTypeOf(missed).toEqualTypeOf<Pick<Gap['data'], 'reason' | 'requested'> | undefined>();
        return [Orders.OrderPaid({ user: 'ada', total: 5 })];
      },
    },
  },
  (context) => {
    expectTypeOf(context).toEqualTypeOf<Context>();
    return orders$;
  },
);

// The order of the options does not matter: hooks may come before the options that determine their context.
sse(
  {
    onOpen: ({ query, state }) => {
      expectTypeOf(query).toEqualTypeOf<{ page: number }>();
      expectTypeOf(state).toEqualTypeOf<{ user: string }>();
    },
    query: { page: IntFromString },
    state: () => ({ user: 'ada' }),
  },
  NEVER,
);

// Over a plain stream, conflation is of its values.
sse(
  {
    overflow: {
      conflateBy: (price) => {
        expectTypeOf(price).toEqualTypeOf<{ symbol: string; cents: number }>();
        return price.symbol;
      },
      merge: (waiting, price) => ({ ...price, cents: Math.max(waiting.cents, price.cents) }),
    },
  },
  interval(1).pipe(map((cents) => ({ symbol: 'ABC', cents }))),
);

// A state or a limit with an annotated request makes a handler of that server, with this request in the context.
sse(
  { state: (request: Request) => request.ip, onOpen: ({ request }) => expectTypeOf(request).toEqualTypeOf<Request>() },
  NEVER,
);
sse({ connectionLimit: connectionLimit({ client: (request: Request) => request.ip }) }, ({ request }) =>
  of(request.ip),
);
sse({ connectionLimit: connectionLimit({}) }, orders);

// Switches are booleans, or options.
declare const flag: boolean;
sse({ resume: flag, heartbeat: false, headers: { 'X-Served-By': 'a' } }, NEVER);

// A feed is read with the context of the route, with any options.
sse({ query: { page: IntFromString } }, (context) => {
  expectTypeOf(orders.read(context)).toEqualTypeOf<Observable<Entry<Order | Gap>>>();
  return orders.read(context);
});

// @ts-expect-error an empty object is not the context of a route
orders.read({});

// @ts-expect-error onGap has no such field in its gap
sse({ onGap: (gap) => gap.cause }, NEVER);

// @ts-expect-error a last event is one of the contract
sse({ events: Orders, onError: () => ({ type: 'order_lost', data: {} }) as const }, orders$);

// @ts-expect-error the key is taken from an event of the contract
sse({ events: Orders, overflow: { conflateBy: (order) => order.data.symbol } }, orders$);

// @ts-expect-error merge returns an event of the contract
sse({ events: Orders, overflow: { conflateBy: (order) => order.type, merge: () => 5 } }, orders$);

// @ts-expect-error the body has no such field
sse({ body: { text: t.string } }, ({ body }) => of(body.txt));

// @ts-expect-error the state has no such field
sse({ state: () => ({ user: 'ada' }) }, ({ state }) => of(state.users));

// A snapshot has the events of the contract or of the feed, and the context of the route.
const paid = Orders.OrderPaid({ user: 'ada', total: 5 });
sse({ resume: { snapshot: async () => [paid] } }, orders);
sse({ resume: { snapshot: () => ({ events: [paid, Orders['order.sent']({ user: 'ada' })], cursor: '' }) } }, orders);
sse(
  {
    params: { user: t.string },
    resume: { snapshot: async ({ params }) => [Orders.OrderPaid({ user: params.user, total: 5 })] },
  },
  () => orders,
);
sse((context) => orders.read(context, { snapshot: async (missed) => (missed === undefined ? [] : [paid]) }));
expectTypeOf(orders.events({ snapshot: () => [paid] })).toEqualTypeOf<Observable<Order | Gap>>();
// @ts-expect-error a number is no event of the feed
sse({ resume: { snapshot: () => [5] } }, orders);
// @ts-expect-error an event is in an array
sse({ resume: { snapshot: () => paid } }, orders);
// @ts-expect-error an exact snapshot has a cursor
sse({ resume: { snapshot: () => ({ events: [paid] }) } }, orders);
// @ts-expect-error the same in a pipeline
sse((context) => orders.read(context, { snapshot: () => ({ events: [paid] }) }));
// @ts-expect-error a snapshot is not a start position
orders.events({ from: { events: [paid], cursor: '' } });
// @ts-expect-error a gap policy is not a snapshot
sse({ resume: { gapPolicy: () => [paid] } }, orders);

// @ts-expect-error gapPolicy is one of three names
sse({ resume: { gapPolicy: 'oldest' } }, orders);

sse({ wire: 'data-only' }, NEVER);
sse(
  { wire: { control: 'ids', end: message({ text: '[DONE]' }), gap: ({ reason }) => message({ data: reason }) } },
  NEVER,
);
sse({ resume: 'own-ids' }, ({ lastEventId }) => of(lastEventId?.length));
// @ts-expect-error there is no such profile
sse({ wire: 'data' }, NEVER);
// @ts-expect-error the end of a protocol is a frame
sse({ wire: { end: '[DONE]' } }, NEVER);
// @ts-expect-error and so is the frame of a gap
sse({ wire: { gap: ({ reason }) => reason } }, NEVER);
// @ts-expect-error there is no such field
sse({ wire: { contrl: 'ids' } }, NEVER);
// @ts-expect-error an own id is text
withId({ type: 'a', data: 1 }, 7);
