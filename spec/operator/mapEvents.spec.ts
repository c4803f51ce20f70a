import { expect } from 'chai';
import { Entry, type Gap } from '../../lib/index.ts';
import { mapEvents } from '../../lib/operator/mapEvents.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { itErrorsWithItsFunction, itMapsEntries, type OrderEntry } from './itMapsEntries.ts';
import { entryAt, gap, gapAt, type Order, Orders, paid, paidMore, positionAt, shipped } from './sample.ts';

const hideTotal = (order: Order): Order =>
  order.type === 'order_paid' ? Orders.OrderPaid({ ...order.data, total: 0 }) : order;

const hidden = Orders.OrderPaid({ order: 'B', total: 0 });

/** Returns a changed entry, which has no frame of the log. */
const changed = <E>(sequence: number, event: E) => new Entry('e', sequence, event, undefined);

describe('mapEvents', () => {
  it(
    'replaces the event at its position, and passes position-only entries',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<OrderEntry>('-a--o--b--|', {
        a: entryAt(1, paidMore),
        o: positionAt(2),
        b: entryAt(3, paidMore),
      });
      const subs = '                  ^---------!';
      const expected = '              -A--o--B--|';

      expectObservable(source.pipe(mapEvents(hideTotal))).toBe(expected, {
        A: changed(1, hidden),
        o: positionAt(2),
        B: changed(3, hidden),
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'maps plain events',
    marbles(({ hot, expectObservable }) => {
      const source = hot<Order>('-a--b--|', { a: paidMore, b: shipped });
      const expected = '         -A--b--|';

      expectObservable(source.pipe(mapEvents(hideTotal))).toBe(expected, { A: hidden, b: shipped });
    }),
  );

  it(
    'keeps the encoded frame of an event that is returned unchanged',
    marbles(({ hot, flush }) => {
      const entry = entryAt(1, shipped);
      const seen: unknown[] = [];
      hot<OrderEntry>('-a|', { a: entry })
        .pipe(mapEvents(hideTotal))
        .subscribe((value) => seen.push(value));
      flush();
      expect(seen).to.have.length(1);
      expect(seen[0]).to.equal(entry);
    }),
  );

  it(
    'passes gaps without calling the function',
    marbles(({ hot, flush, expectObservable }) => {
      const source = hot<OrderEntry | Gap>('-g--h--a--|', { g: gapAt(4), h: gap, a: entryAt(6, paid) });
      const expected = '                    -g--h--x--|';
      const seen: unknown[] = [];
      const counted = mapEvents<OrderEntry | Gap, (event: Order) => number>((event) => seen.push(event));

      expectObservable(source.pipe(counted)).toBe(expected, { g: gapAt(4), h: gap, x: changed(6, 1) });
      flush();
      expect(seen).to.deep.equal([paid]);
    }),
  );

  it(
    'emits null like any other event',
    marbles(({ hot, expectObservable }) => {
      const source = hot<OrderEntry>('-a|', { a: entryAt(1, paid) });
      const expected = '              -n|';

      expectObservable(source.pipe(mapEvents(() => null))).toBe(expected, { n: changed(1, null) });
    }),
  );

  it(
    'calls the function once for each event and reader',
    marbles(({ cold, flush }) => {
      const source = cold<OrderEntry>('-a--b--|', { a: entryAt(1, paid), b: entryAt(2, shipped) });
      let called = 0;
      const counted = source.pipe(mapEvents(() => ++called));
      counted.subscribe();
      counted.subscribe();
      flush();
      expect(called).to.equal(4);
    }),
  );

  it(
    'errors when the function returns undefined, which would lose the event',
    marbles(({ hot, expectObservable }) => {
      const entries = hot<OrderEntry>('-a--|', { a: entryAt(1, paid) });
      const orders = hot<Order>('      -a--|', { a: paid });
      const expected = '               -#';
      const nothing = () => undefined as never;
      const why = new TypeError(
        'mapEvents: project must return an event, got undefined; use filterEvents to leave an event out',
      );

      expectObservable(entries.pipe(mapEvents(nothing))).toBe(expected, undefined, why);
      expectObservable(orders.pipe(mapEvents(nothing))).toBe(expected, undefined, why);
    }),
  );

  itMapsEntries({ create: () => mapEvents(hideTotal), from: entryAt(1, paidMore), to: changed(1, hidden) });

  itErrorsWithItsFunction(() =>
    mapEvents<OrderEntry, (event: Order) => Order>(() => {
      throw new Error('no');
    }),
  );

  it('throws a TypeError for a value that is not a function', () => {
    expect(() => mapEvents({} as never)).to.throw(TypeError, 'mapEvents: project must be a function, got object');
  });
});
