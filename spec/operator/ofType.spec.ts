import { expect } from 'chai';
import type { Entry, Gap } from '../../lib/index.ts';
import { ofType } from '../../lib/operator/ofType.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { bare, dear, gap, gapAt, type Order, Orders, paid, placed, shipped } from './sample.ts';

type OrderEntry = Entry<Order | Gap>;

describe('ofType', () => {
  it(
    'leaves the bare places of the other events',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<OrderEntry>('-p--s--q--|', { p: placed(1, paid), s: placed(2, shipped), q: placed(3, dear) });
      const subs = '                  ^---------!';
      const expected = '              -p--o--q--|';

      expectObservable(source.pipe(ofType(Orders.OrderPaid))).toBe(expected, {
        p: placed(1, paid),
        o: bare(2),
        q: placed(3, dear),
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'lets the events of several definitions through, in the order they come in',
    marbles(({ hot, expectObservable }) => {
      const values = { p: placed(1, paid), s: placed(2, shipped), q: placed(3, dear) };
      const source = hot<OrderEntry>('-p--s--q--|', values);
      const expected = '              -p--s--q--|';

      expectObservable(source.pipe(ofType(Orders.OrderShipped, Orders.OrderPaid))).toBe(expected, values);
    }),
  );

  it(
    'chooses among plain events',
    marbles(({ hot, expectObservable }) => {
      const source = hot<Order>('-p--s--|', { p: paid, s: shipped });
      const expected = '         ----s--|';

      expectObservable(source.pipe(ofType(Orders.OrderShipped))).toBe(expected, { s: shipped });
    }),
  );

  it(
    'goes by the name, whoever made the event',
    marbles(({ hot, expectObservable }) => {
      const plain: Order = { type: 'order_shipped', data: { order: 'C' } };
      const source = hot<Order>('-p--|', { p: plain });
      const expected = '         -p--|';

      expectObservable(source.pipe(ofType(Orders.OrderShipped))).toBe(expected, { p: plain });
    }),
  );

  it(
    'lets gaps and bare places pass',
    marbles(({ hot, expectObservable }) => {
      const values = { g: gapAt(4), h: gap, o: bare(5) };
      const source = hot<OrderEntry | Gap>('-g--h--o--|', values);
      const expected = '                    -g--h--o--|';

      expectObservable(source.pipe(ofType(Orders.OrderPaid))).toBe(expected, values);
    }),
  );

  it(
    'is silent with a source that never speaks, and leaves it with the reader',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<OrderEntry>('-   ');
      const left = '                  ^--!';
      const expected = '              ----';

      expectObservable(source.pipe(ofType(Orders.OrderPaid)), left).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(left);
    }),
  );

  it(
    'completes with a source that is empty',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<OrderEntry>('--|').pipe(ofType(Orders.OrderPaid))).toBe('--|');
    }),
  );

  it(
    'errors with the source',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<OrderEntry>('-s-#', { s: placed(1, shipped) }, 'no');
      const subs = '                  ^--!';
      const expected = '              -o-#';

      expectObservable(source.pipe(ofType(Orders.OrderPaid))).toBe(expected, { o: bare(1) }, 'no');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'starts fresh for a second subscriber',
    marbles(({ cold, expectObservable }) => {
      const chosen = cold<OrderEntry>('-s-p|', { s: placed(1, shipped), p: placed(2, paid) }).pipe(
        ofType(Orders.OrderPaid),
      );
      const second = '                 --^';

      expectObservable(chosen).toBe('        -o-p|', { o: bare(1), p: placed(2, paid) });
      expectObservable(chosen, second).toBe('---o-p|', { o: bare(1), p: placed(2, paid) });
    }),
  );

  it('refuses to choose nothing, and what is no definition', () => {
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
