import { expect } from 'chai';
import { type Gap, isGap } from '../../lib/index.ts';
import { filterEvents } from '../../lib/operator/filterEvents.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { itErrorsWithItsFunction, itMapsEntries, type OrderEntry } from './itMapsEntries.ts';
import { entryAt, gap, gapAt, type Order, Orders, paid, paidMore, positionAt, shipped } from './sample.ts';

const isAffordable = (order: Order): boolean => order.type !== 'order_paid' || order.data.total < 100;

describe('filterEvents', () => {
  it(
    'leaves a position-only entry for an event that does not pass',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<OrderEntry>('-a--b--c--|', {
        a: entryAt(1, paid),
        b: entryAt(2, paidMore),
        c: entryAt(3, shipped),
      });
      const subs = '                  ^---------!';
      const expected = '              -a--o--c--|';

      expectObservable(source.pipe(filterEvents(isAffordable))).toBe(expected, {
        a: entryAt(1, paid),
        o: positionAt(2),
        c: entryAt(3, shipped),
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'filters plain events',
    marbles(({ hot, expectObservable }) => {
      const source = hot<Order>('-a--b--c--|', { a: paid, b: paidMore, c: shipped });
      const expected = '         -a-----c--|';

      expectObservable(source.pipe(filterEvents(isAffordable))).toBe(expected, { a: paid, c: shipped });
    }),
  );

  it(
    'passes gaps and position-only entries without calling the predicate',
    marbles(({ hot, flush, expectObservable }) => {
      const values = { g: gapAt(4), o: positionAt(5), a: entryAt(6, paid) };
      const source = hot<OrderEntry>('-g--o--a--|', values);
      const expected = '              -g--o--x--|';
      const seen: unknown[] = [];
      const none = filterEvents<OrderEntry, (event: unknown) => boolean>((event) => seen.push(event) === 0);

      expectObservable(source.pipe(none)).toBe(expected, { g: gapAt(4), o: positionAt(5), x: positionAt(6) });
      flush();
      expect(seen).to.deep.equal([paid]);
    }),
  );

  it(
    'passes a plain gap without calling the predicate',
    marbles(({ hot, flush, expectObservable }) => {
      const source = hot<Order | Gap>('-g--a--|', { g: gap, a: paid });
      const expected = '               -g-----|';
      const seen: unknown[] = [];

      expectObservable(source.pipe(filterEvents((event) => seen.push(event) === 0))).toBe(expected, { g: gap });
      flush();
      expect(seen.some(isGap)).to.equal(false);
      expect(seen).to.deep.equal([paid]);
    }),
  );

  it(
    'calls the predicate once for each event and reader',
    marbles(({ cold, flush }) => {
      const source = cold<OrderEntry | Order>('-a--b--|', { a: entryAt(1, paid), b: shipped });
      let calls = 0;
      const counted = source.pipe(filterEvents(() => ++calls > 0));
      counted.subscribe();
      counted.subscribe();
      flush();
      expect(calls).to.equal(4);
    }),
  );

  it(
    'accepts the type guard of a definition',
    marbles(({ hot, expectObservable }) => {
      const source = hot<OrderEntry>('-a--b--|', { a: entryAt(1, paid), b: entryAt(2, shipped) });
      const expected = '              -a--o--|';

      expectObservable(source.pipe(filterEvents(Orders.OrderPaid.is))).toBe(expected, {
        a: entryAt(1, paid),
        o: positionAt(2),
      });
    }),
  );

  itMapsEntries({ create: () => filterEvents(isAffordable), from: entryAt(1, paidMore), to: positionAt(1) });

  itErrorsWithItsFunction(() =>
    filterEvents<OrderEntry, (event: Order) => boolean>(() => {
      throw new Error('no');
    }),
  );

  it('throws a TypeError for a predicate that is not a function', () => {
    expect(() => filterEvents(undefined as never)).to.throw(
      TypeError,
      'filterEvents: predicate must be a function, got undefined',
    );
  });
});
