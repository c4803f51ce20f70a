import { expect } from 'chai';
import type { Entry, Gap } from '../../lib/index.ts';
import { ofType } from '../../lib/operator/ofType.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { entryAt, gap, gapAt, type Order, Orders, paid, paidMore, positionAt, shipped } from './sample.ts';

type OrderEntry = Entry<Order | Gap>;

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

  it(
    'emits nothing for a silent source, and unsubscribes from it',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<OrderEntry>('-   ');
      const unsub = '                 ^--!';
      const expected = '              ----';

      expectObservable(source.pipe(ofType(Orders.OrderPaid)), unsub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(unsub);
    }),
  );

  it(
    'completes with an empty source',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<OrderEntry>('--|').pipe(ofType(Orders.OrderPaid))).toBe('--|');
    }),
  );

  it(
    'errors with the source',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<OrderEntry>('-s-#', { s: entryAt(1, shipped) }, 'no');
      const subs = '                  ^--!';
      const expected = '              -o-#';

      expectObservable(source.pipe(ofType(Orders.OrderPaid))).toBe(expected, { o: positionAt(1) }, 'no');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'has no state shared by two subscribers',
    marbles(({ cold, expectObservable }) => {
      const chosen = cold<OrderEntry>('-s-p|', { s: entryAt(1, shipped), p: entryAt(2, paid) }).pipe(
        ofType(Orders.OrderPaid),
      );
      const second = '                 --^';

      expectObservable(chosen).toBe('        -o-p|', { o: positionAt(1), p: entryAt(2, paid) });
      expectObservable(chosen, second).toBe('---o-p|', { o: positionAt(1), p: entryAt(2, paid) });
    }),
  );

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
