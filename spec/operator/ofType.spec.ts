import { expect } from 'chai';
import type { Gap } from '../../lib/index.ts';
import { ofType } from '../../lib/operator/ofType.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { itMapsEntries, type OrderEntry } from './itMapsEntries.ts';
import { entryAt, gap, gapAt, type Order, Orders, paid, paidMore, positionAt, shipped } from './sample.ts';

describe('ofType', () => {
  it(
    'leaves position-only entries for the other events',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<OrderEntry>('-p--s--q--|', {
        p: entryAt(1, paid),
        s: entryAt(2, shipped),
        q: entryAt(3, paidMore),
      });
      const subs = '                  ^---------!';
      const expected = '              -p--o--q--|';

      expectObservable(source.pipe(ofType(Orders.OrderPaid))).toBe(expected, {
        p: entryAt(1, paid),
        o: positionAt(2),
        q: entryAt(3, paidMore),
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'emits the events of several definitions in order',
    marbles(({ hot, expectObservable }) => {
      const values = { p: entryAt(1, paid), s: entryAt(2, shipped), q: entryAt(3, paidMore) };
      const source = hot<OrderEntry>('-p--s--q--|', values);
      const expected = '              -p--s--q--|';

      expectObservable(source.pipe(ofType(Orders.OrderShipped, Orders.OrderPaid))).toBe(expected, values);
    }),
  );

  it(
    'selects plain events',
    marbles(({ hot, expectObservable }) => {
      const source = hot<Order>('-p--s--|', { p: paid, s: shipped });
      const expected = '         ----s--|';

      expectObservable(source.pipe(ofType(Orders.OrderShipped))).toBe(expected, { s: shipped });
    }),
  );

  it(
    'compares the name alone',
    marbles(({ hot, expectObservable }) => {
      const plain: Order = { type: 'order_shipped', data: { order: 'C' } };
      const source = hot<Order>('-p--|', { p: plain });
      const expected = '         -p--|';

      expectObservable(source.pipe(ofType(Orders.OrderShipped))).toBe(expected, { p: plain });
    }),
  );

  it(
    'passes gaps and position-only entries',
    marbles(({ hot, expectObservable }) => {
      const values = { g: gapAt(4), h: gap, o: positionAt(5) };
      const source = hot<OrderEntry | Gap>('-g--h--o--|', values);
      const expected = '                    -g--h--o--|';

      expectObservable(source.pipe(ofType(Orders.OrderPaid))).toBe(expected, values);
    }),
  );

  itMapsEntries({ create: () => ofType(Orders.OrderPaid), from: entryAt(1, shipped), to: positionAt(1) });

  it('throws a TypeError without a definition, and for a value that is not one', () => {
    const choose = ofType as (...definitions: unknown[]) => unknown;
    expect(() => choose()).to.throw(TypeError, 'ofType: at least one definition of an event must be passed, got none');
    expect(() => choose('order_paid')).to.throw(
      TypeError,
      'ofType: each argument must be the definition of an event, got string',
    );
    expect(() => choose(Orders.OrderPaid, undefined)).to.throw(TypeError, 'got undefined');
    expect(() => choose(() => true)).to.throw(TypeError, 'got function');
    expect(() => choose(Orders)).to.throw(TypeError, 'got object');
  });
});
