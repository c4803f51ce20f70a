import { expectTypeOf } from 'expect-type';
import * as t from 'io-ts';
import type { Observable } from 'rxjs';
import { type Entry, type EventOf, event, events, type Gap, type TypedEvent } from '../../lib/index.ts';
import { filterEvent } from '../../lib/operator/filterEvent.ts';
import { mapEvent } from '../../lib/operator/mapEvent.ts';
import { ofType } from '../../lib/operator/ofType.ts';
import { type Attempt, restartWithBackoff } from '../../lib/operator/restartWithBackoff.ts';

const Orders = events({ OrderPaid: { order: t.string, total: t.number }, OrderShipped: { order: t.string } });
const Foreign = event('foreign', { order: t.string });
type Order = EventOf<typeof Orders>;
type Paid = EventOf<typeof Orders.OrderPaid>;
type Shipped = EventOf<typeof Orders.OrderShipped>;

declare const entries: Observable<Entry<Order | Gap>>;
declare const orders: Observable<Order>;
declare const received: Observable<Order | Gap>;
declare const unchecked: Observable<TypedEvent>;

/* filterEvent */

const hasOrder = (e: TypedEvent): boolean => e.type !== '';

expectTypeOf(entries.pipe(filterEvent((e) => e.data.order === 'A'))).toEqualTypeOf<Observable<Entry<Order | Gap>>>();
expectTypeOf(orders.pipe(filterEvent((e) => e.data.order === 'A'))).toEqualTypeOf<Observable<Order>>();
expectTypeOf(received.pipe(filterEvent((e) => e.data.order === 'A'))).toEqualTypeOf<Observable<Order | Gap>>();
expectTypeOf(entries.pipe(filterEvent(hasOrder))).toEqualTypeOf<Observable<Entry<Order | Gap>>>();
entries.pipe(
  filterEvent((e) => {
    expectTypeOf(e).toEqualTypeOf<Order>();
    return true;
  }),
);

// A guard narrows: one that TypeScript finds, one that is written, and that of a definition.
const isPaid = (e: Order): e is Paid => e.type === 'order_paid';

expectTypeOf(entries.pipe(filterEvent((e) => e.type === 'order_paid'))).toEqualTypeOf<Observable<Entry<Paid | Gap>>>();
expectTypeOf(entries.pipe(filterEvent((e) => e.type !== 'order_paid'))).toEqualTypeOf<
  Observable<Entry<Shipped | Gap>>
>();
expectTypeOf(entries.pipe(filterEvent(isPaid))).toEqualTypeOf<Observable<Entry<Paid | Gap>>>();
expectTypeOf(entries.pipe(filterEvent(Orders.OrderPaid.is))).toEqualTypeOf<Observable<Entry<Paid | Gap>>>();
expectTypeOf(orders.pipe(filterEvent(isPaid))).toEqualTypeOf<Observable<Paid>>();
expectTypeOf(unchecked.pipe(filterEvent(Orders.OrderPaid.is))).toEqualTypeOf<Observable<Paid>>();
// A predicate that says more than a guard can is none.
expectTypeOf(entries.pipe(filterEvent((e) => e.type === 'order_paid' && e.data.total > 5))).toEqualTypeOf<
  Observable<Entry<Order | Gap>>
>();

// @ts-expect-error the total is in one of the two events
entries.pipe(filterEvent((e) => e.data.total > 5));
// @ts-expect-error a gap is for the reader, no predicate sees it
entries.pipe(filterEvent((e) => e.type === 'rxsse.gap'));
// @ts-expect-error the event, not the entry around it
entries.pipe(filterEvent((e) => e.sequence > 5));
// @ts-expect-error what is asked is answered yes or no
entries.pipe(filterEvent((e) => e.data.order));

/* mapEvent */

const hide = (e: Order) => (e.type === 'order_paid' ? Orders.OrderShipped({ order: e.data.order }) : e);

expectTypeOf(entries.pipe(mapEvent((e) => e.data.order))).toEqualTypeOf<Observable<Entry<string | Gap>>>();
expectTypeOf(entries.pipe(mapEvent(hide))).toEqualTypeOf<Observable<Entry<Shipped | Gap>>>();
expectTypeOf(orders.pipe(mapEvent(hide))).toEqualTypeOf<Observable<Shipped>>();
expectTypeOf(received.pipe(mapEvent(hide))).toEqualTypeOf<Observable<Shipped | Gap>>();
entries.pipe(
  mapEvent((e) => {
    expectTypeOf(e).toEqualTypeOf<Order>();
    return e;
  }),
);
expectTypeOf(
  entries.pipe(
    filterEvent((e) => e.type === 'order_paid'),
    mapEvent((e) => e.data.total),
    filterEvent((total) => total > 5),
  ),
).toEqualTypeOf<Observable<Entry<number | Gap>>>();

entries.pipe(
  // @ts-expect-error nothing is not an event: filterEvent leaves one out
  mapEvent((e) => {
    e.data;
  }),
);
// @ts-expect-error nor is it now and then
entries.pipe(mapEvent((e) => (e.type === 'order_paid' ? e : undefined)));
// @ts-expect-error a function of another stream's events
entries.pipe(mapEvent((e: EventOf<typeof Foreign>) => e));

/* ofType */

expectTypeOf(entries.pipe(ofType(Orders.OrderPaid))).toEqualTypeOf<Observable<Entry<Paid | Gap>>>();
expectTypeOf(entries.pipe(ofType(Orders.OrderPaid, Orders.OrderShipped))).toEqualTypeOf<
  Observable<Entry<Order | Gap>>
>();
expectTypeOf(orders.pipe(ofType(Orders.OrderShipped))).toEqualTypeOf<Observable<Shipped>>();
expectTypeOf(received.pipe(ofType(Orders.OrderShipped))).toEqualTypeOf<Observable<Shipped | Gap>>();
// Of data that nobody checked no more is known than before.
expectTypeOf(unchecked.pipe(ofType(Orders.OrderPaid))).toEqualTypeOf<
  Observable<TypedEvent & { readonly type: 'order_paid' }>
>();

// @ts-expect-error an event that the stream does not carry
entries.pipe(ofType(Foreign));
// @ts-expect-error one of them at least
entries.pipe(ofType());
// @ts-expect-error the definition, not its name
entries.pipe(ofType('order_paid'));
// @ts-expect-error one by one, not the contract
entries.pipe(ofType(Orders));

/* restartWithBackoff */

expectTypeOf(restartWithBackoff(() => orders)).toEqualTypeOf<Observable<Order>>();
expectTypeOf(restartWithBackoff).parameter(0).parameter(0).toEqualTypeOf<Attempt>();

// @ts-expect-error one that is made anew, not one for all attempts
restartWithBackoff(orders);
// @ts-expect-error milliseconds
restartWithBackoff(() => orders, { initial: '1s' });
// @ts-expect-error a misspelt option
restartWithBackoff(() => orders, { maximum: 5 });
