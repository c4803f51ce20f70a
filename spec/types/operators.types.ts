import { expectTypeOf } from 'expect-type';
import * as t from 'io-ts';
import { type Observable, of } from 'rxjs';
import { type Entry, type EventOf, event, events, type Gap, type TypedEvent } from '../../lib/index.ts';
import { conflateBy } from '../../lib/operator/conflateBy.ts';
import { decodeEvents } from '../../lib/operator/decodeEvents.ts';
import { dedupe } from '../../lib/operator/dedupe.ts';
import { filterEvents } from '../../lib/operator/filterEvents.ts';
import { groupedWithin } from '../../lib/operator/groupedWithin.ts';
import { keepAlive } from '../../lib/operator/keepAlive.ts';
import { mapAsync } from '../../lib/operator/mapAsync.ts';
import { mapEvents } from '../../lib/operator/mapEvents.ts';
import { matchEvents } from '../../lib/operator/matchEvents.ts';
import { mergeEvents } from '../../lib/operator/mergeEvents.ts';
import { ofType } from '../../lib/operator/ofType.ts';
import { rateLimit } from '../../lib/operator/rateLimit.ts';
import { type Attempt, restartWithBackoff } from '../../lib/operator/restartWithBackoff.ts';
import { timeouts } from '../../lib/operator/timeouts.ts';
import { toAsyncIterable } from '../../lib/operator/toAsyncIterable.ts';

const Orders = events({ OrderPaid: { order: t.string, total: t.number }, OrderShipped: { order: t.string } });
const Foreign = event('foreign', { order: t.string });
type Order = EventOf<typeof Orders>;
type Paid = EventOf<typeof Orders.OrderPaid>;
type Shipped = EventOf<typeof Orders.OrderShipped>;

declare const entries: Observable<Entry<Order | Gap>>;
declare const foreign: Observable<EventOf<typeof Foreign>>;
declare const orders: Observable<Order>;
declare const received: Observable<Order | Gap>;
declare const unchecked: Observable<TypedEvent>;

/* filterEvents */

const hasOrder = (e: TypedEvent): boolean => e.type !== '';

expectTypeOf(entries.pipe(filterEvents((e) => e.data.order === 'A'))).toEqualTypeOf<Observable<Entry<Order | Gap>>>();
expectTypeOf(orders.pipe(filterEvents((e) => e.data.order === 'A'))).toEqualTypeOf<Observable<Order>>();
expectTypeOf(received.pipe(filterEvents((e) => e.data.order === 'A'))).toEqualTypeOf<Observable<Order | Gap>>();
expectTypeOf(entries.pipe(filterEvents(hasOrder))).toEqualTypeOf<Observable<Entry<Order | Gap>>>();
entries.pipe(
  filterEvents((e) => {
    expectTypeOf(e).toEqualTypeOf<Order>();
    return true;
  }),
);

// A guard narrows: one that TypeScript infers, an explicit one, and that of a definition.
const isPaid = (e: Order): e is Paid => e.type === 'order_paid';

expectTypeOf(entries.pipe(filterEvents((e) => e.type === 'order_paid'))).toEqualTypeOf<Observable<Entry<Paid | Gap>>>();
expectTypeOf(entries.pipe(filterEvents((e) => e.type !== 'order_paid'))).toEqualTypeOf<
  Observable<Entry<Shipped | Gap>>
>();
expectTypeOf(entries.pipe(filterEvents(isPaid))).toEqualTypeOf<Observable<Entry<Paid | Gap>>>();
expectTypeOf(entries.pipe(filterEvents(Orders.OrderPaid.is))).toEqualTypeOf<Observable<Entry<Paid | Gap>>>();
expectTypeOf(orders.pipe(filterEvents(isPaid))).toEqualTypeOf<Observable<Paid>>();
expectTypeOf(unchecked.pipe(filterEvents(Orders.OrderPaid.is))).toEqualTypeOf<Observable<Paid>>();
// A predicate with a further condition does not narrow.
expectTypeOf(entries.pipe(filterEvents((e) => e.type === 'order_paid' && e.data.total > 5))).toEqualTypeOf<
  Observable<Entry<Order | Gap>>
>();

// @ts-expect-error the total is in one of the two events
entries.pipe(filterEvents((e) => e.data.total > 5));
// @ts-expect-error a gap passes without the predicate
entries.pipe(filterEvents((e) => e.type === 'rxsse.gap'));
// @ts-expect-error the event, not its entry
entries.pipe(filterEvents((e) => e.sequence > 5));
// @ts-expect-error a predicate returns a boolean
entries.pipe(filterEvents((e) => e.data.order));

/* mapEvents */

const hide = (e: Order) => (e.type === 'order_paid' ? Orders.OrderShipped({ order: e.data.order }) : e);

expectTypeOf(entries.pipe(mapEvents((e) => e.data.order))).toEqualTypeOf<Observable<Entry<string | Gap>>>();
expectTypeOf(entries.pipe(mapEvents(hide))).toEqualTypeOf<Observable<Entry<Shipped | Gap>>>();
expectTypeOf(orders.pipe(mapEvents(hide))).toEqualTypeOf<Observable<Shipped>>();
expectTypeOf(received.pipe(mapEvents(hide))).toEqualTypeOf<Observable<Shipped | Gap>>();
entries.pipe(
  mapEvents((e) => {
    expectTypeOf(e).toEqualTypeOf<Order>();
    return e;
  }),
);
expectTypeOf(
  entries.pipe(
    filterEvents((e) => e.type === 'order_paid'),
    mapEvents((e) => e.data.total),
    filterEvents((total) => total > 5),
  ),
).toEqualTypeOf<Observable<Entry<number | Gap>>>();

entries.pipe(
  // @ts-expect-error undefined is not an event: filterEvents drops one
  mapEvents((e) => {
    e.data;
  }),
);
// @ts-expect-error undefined in one of the branches is not an event
entries.pipe(mapEvents((e) => (e.type === 'order_paid' ? e : undefined)));
// @ts-expect-error a function for the events of another stream
entries.pipe(mapEvents((e: EventOf<typeof Foreign>) => e));

/* ofType */

expectTypeOf(entries.pipe(ofType(Orders.OrderPaid))).toEqualTypeOf<Observable<Entry<Paid | Gap>>>();
expectTypeOf(entries.pipe(ofType(Orders.OrderPaid, Orders.OrderShipped))).toEqualTypeOf<
  Observable<Entry<Order | Gap>>
>();
expectTypeOf(orders.pipe(ofType(Orders.OrderShipped))).toEqualTypeOf<Observable<Shipped>>();
expectTypeOf(received.pipe(ofType(Orders.OrderShipped))).toEqualTypeOf<Observable<Shipped | Gap>>();
// The type of unchecked data does not change.
expectTypeOf(unchecked.pipe(ofType(Orders.OrderPaid))).toEqualTypeOf<
  Observable<TypedEvent & { readonly type: 'order_paid' }>
>();

// @ts-expect-error an event that the stream does not carry
entries.pipe(ofType(Foreign));
// @ts-expect-error at least one definition
entries.pipe(ofType());
// @ts-expect-error the definition, not its name
entries.pipe(ofType('order_paid'));
// @ts-expect-error definitions, not the contract
entries.pipe(ofType(Orders));

/* restartWithBackoff */

expectTypeOf(restartWithBackoff(() => orders)).toEqualTypeOf<Observable<Order>>();
expectTypeOf(restartWithBackoff).parameter(0).parameter(0).toEqualTypeOf<Attempt>();

// @ts-expect-error a factory, not one source for all attempts
restartWithBackoff(orders);
// @ts-expect-error milliseconds
restartWithBackoff(() => orders, { initialDelay: '1s' });
// @ts-expect-error a misspelt option
restartWithBackoff(() => orders, { maximum: 5 });

expectTypeOf(restartWithBackoff(({ attempt }) => of(attempt))).toEqualTypeOf<Observable<number>>();
expectTypeOf(
  restartWithBackoff(({ last }: Attempt<Order>) => (last?.type === 'order_paid' ? orders : orders)),
).toEqualTypeOf<Observable<Order>>();
restartWithBackoff((attempt) => {
  expectTypeOf(attempt.last).toEqualTypeOf<unknown>();
  return orders;
});
// @ts-expect-error the last value of another stream
restartWithBackoff(({ last }: Attempt<Order>) => (last ? of(5) : of(6)));

/* keepAlive */

expectTypeOf(orders.pipe(keepAlive({ interval: 5, value: () => 'here' }))).toEqualTypeOf<Observable<Order | string>>();
expectTypeOf(
  orders.pipe(keepAlive({ interval: 5, value: (): Order => Orders.OrderShipped({ order: 'A' }) })),
).toEqualTypeOf<Observable<Order>>();
// @ts-expect-error a function that creates the value
keepAlive({ interval: 5, value: 'here' });

/* within */

expectTypeOf(orders.pipe(timeouts({ idle: 5 }))).toEqualTypeOf<Observable<Order>>();
expectTypeOf(orders.pipe(timeouts({ first: 5, with: (error) => of(error.kind) }))).toEqualTypeOf<
  Observable<Order | 'first' | 'idle' | 'total'>
>();
// @ts-expect-error milliseconds
timeouts({ idle: '5s' });
// @ts-expect-error a misspelt limit
timeouts({ every: 5 });

/* mergeEvents */

expectTypeOf(mergeEvents({ orders, foreign })).toEqualTypeOf<Observable<Order | EventOf<typeof Foreign>>>();
expectTypeOf(mergeEvents({ orders, foreign }, { onSourceError: (_, name) => of(name) })).toEqualTypeOf<
  Observable<Order | EventOf<typeof Foreign> | 'orders' | 'foreign'>
>();
expectTypeOf(mergeEvents({ orders }, { onSourceEnd: (name) => of({ over: name }) })).toEqualTypeOf<
  Observable<Order | { over: 'orders' }>
>();
mergeEvents(
  { orders },
  { onSourceError: 'drop', onDropped: (_, name) => expectTypeOf(name).toEqualTypeOf<'orders'>() },
);
// A function that returns nothing.
expectTypeOf(
  mergeEvents(
    { orders },
    {
      onSourceError: (error) => {
        console.error(error);
      },
    },
  ),
).toEqualTypeOf<Observable<Order>>();
// @ts-expect-error onDropped is required
mergeEvents({ orders }, { onSourceError: 'drop' });
// @ts-expect-error no such policy
mergeEvents({ orders }, { onSourceError: 'ignore' });
// @ts-expect-error Observables, not other inputs
mergeEvents({ orders: Promise.resolve(5) });

/* conflateBy */

expectTypeOf(orders.pipe(conflateBy((e) => e.data.order, { interval: 5 }))).toEqualTypeOf<Observable<Order>>();
expectTypeOf(entries.pipe(conflateBy((e) => e.data.order, { until: orders }))).toEqualTypeOf<
  Observable<Entry<Order | Gap>>
>();
entries.pipe(
  conflateBy((e) => e.type, {
    interval: 5,
    merge: (held, e) => {
      expectTypeOf(held).toEqualTypeOf<Order>();
      return e;
    },
  }),
);
// @ts-expect-error either interval or until
orders.pipe(conflateBy((e) => e.type, { interval: 5, until: orders }));
// @ts-expect-error one of interval and until
orders.pipe(conflateBy((e) => e.type, {}));
// @ts-expect-error merge returns an event of the stream
orders.pipe(conflateBy((e) => e.type, { interval: 5, merge: () => 5 }));

/* groupedWithin */

expectTypeOf(orders.pipe(groupedWithin({ maxEvents: 5 }))).toEqualTypeOf<Observable<readonly Order[]>>();
expectTypeOf(received.pipe(groupedWithin({ maxEvents: 5 }))).toEqualTypeOf<Observable<readonly Order[] | Gap>>();
expectTypeOf(entries.pipe(groupedWithin({ maxBytes: 5, sizeOf: (e) => e.data.order.length }))).toEqualTypeOf<
  Observable<Entry<readonly Order[] | Gap>>
>();
// @ts-expect-error a size is a number
orders.pipe(groupedWithin({ maxBytes: 5, sizeOf: (e) => e.type }));

/* mapAsync */

expectTypeOf(orders.pipe(mapAsync(async (e) => e.data.order, { concurrency: 2 }))).toEqualTypeOf<Observable<string>>();
expectTypeOf(entries.pipe(mapAsync(async (e) => e.type, { concurrency: 2 }))).toEqualTypeOf<
  Observable<Entry<'order_paid' | 'order_shipped' | Gap>>
>();
orders.pipe(
  mapAsync(
    async (e, signal) => {
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      return e;
    },
    { concurrency: 2 },
  ),
);
// @ts-expect-error a promise
orders.pipe(mapAsync((e) => e, { concurrency: 2 }));
// @ts-expect-error undefined is not an event
orders.pipe(mapAsync(async () => {}, { concurrency: 2 }));

/* rateLimit, dedupe */

expectTypeOf(orders.pipe(rateLimit({ maxEvents: 5 }))).toEqualTypeOf<Observable<Order>>();
expectTypeOf(entries.pipe(rateLimit({ maxEvents: 5 }))).toEqualTypeOf<Observable<Entry<Order | Gap>>>();
expectTypeOf(orders.pipe(dedupe((e) => e.data.order))).toEqualTypeOf<Observable<Order>>();
expectTypeOf(entries.pipe(dedupe((e) => e.data.order))).toEqualTypeOf<Observable<Entry<Order | Gap>>>();
// @ts-expect-error maxEvents is required
orders.pipe(rateLimit({ interval: 5 }));
// @ts-expect-error a field of the events
orders.pipe(dedupe((e) => e.id));

/* decodeEvents */

declare const texts: Observable<string>;
declare const raw: Observable<Entry<unknown>>;

expectTypeOf(texts.pipe(decodeEvents(Orders, { onInvalid: 'fail' }))).toEqualTypeOf<Observable<Order>>();
expectTypeOf(unchecked.pipe(decodeEvents(Orders, { onInvalid: () => {} }))).toEqualTypeOf<Observable<Order>>();
expectTypeOf(entries.pipe(decodeEvents(Orders, { onInvalid: () => {} }))).toEqualTypeOf<
  Observable<Entry<Order | Gap>>
>();
expectTypeOf(raw.pipe(decodeEvents(Orders, { onInvalid: 'fail' }))).toEqualTypeOf<Observable<Entry<Order>>>();
// @ts-expect-error onInvalid is required
texts.pipe(decodeEvents(Orders));
// @ts-expect-error a contract, not one of its definitions
texts.pipe(decodeEvents(Orders.OrderPaid, { onInvalid: 'fail' }));

/* matchEvents */

const sums = { order_paid: (e: Paid) => e.data.total, order_shipped: () => 'shipped' };

expectTypeOf(orders.pipe(matchEvents(sums))).toEqualTypeOf<Observable<number | string>>();
expectTypeOf(
  orders.pipe(
    matchEvents({
      order_paid: (e) => {
        expectTypeOf(e).toEqualTypeOf<Paid>();
        return e.data.total;
      },
      order_shipped: (e) => {
        expectTypeOf(e).toEqualTypeOf<Shipped>();
        return e;
      },
    }),
  ),
).toEqualTypeOf<Observable<number | Shipped>>();
expectTypeOf(received.pipe(matchEvents({ ...sums, 'rxsse.gap': ({ data }) => data.reason === 'epoch' }))).toEqualTypeOf<
  Observable<number | string | boolean>
>();
expectTypeOf(entries.pipe(matchEvents(sums))).toEqualTypeOf<Observable<Entry<number | string | Gap>>>();
// @ts-expect-error the case of an event of the contract is missing
orders.pipe(matchEvents({ order_paid: () => 1 }));
// @ts-expect-error the case of a gap, which the stream may have, is missing
received.pipe(matchEvents(sums));
// @ts-expect-error no case for a gap, which entries pass without a case
entries.pipe(matchEvents({ ...sums, 'rxsse.gap': () => 1 }));
// @ts-expect-error no case for an event that the contract does not have
orders.pipe(matchEvents({ ...sums, order_lost: () => 1 }));
// @ts-expect-error undefined is not an event
orders.pipe(matchEvents({ ...sums, order_paid: () => undefined }));

/* toAsyncIterable */

expectTypeOf(toAsyncIterable(orders, { overflow: 'drop-oldest' })).toEqualTypeOf<AsyncIterable<Order>>();
toAsyncIterable(orders, { overflow: 'fail', onDropped: (order) => expectTypeOf(order).toEqualTypeOf<Order>() });
// @ts-expect-error overflow is required
toAsyncIterable(orders, {});
// @ts-expect-error no such policy
toAsyncIterable(orders, { overflow: 'disconnect' });
