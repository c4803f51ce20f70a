import { expect } from 'chai';
import { Entry, type Gap } from '../../lib/index.ts';
import { matchEvents } from '../../lib/operator/matchEvents.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { entryAt, gap, gapAt, type Order, paid, positionAt, shipped } from './sample.ts';

describe('matchEvents', () => {
  it(
    'calls the case of the name of each event, also of a gap',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<Order | Gap>('-p--s--g--|', { p: paid, s: shipped, g: gap });
      const subs = '                   ^---------!';
      const expected = '               -P--S--G--|';
      const matched = source.pipe(
        matchEvents({
          order_paid: ({ data }) => data.total,
          order_shipped: ({ data }) => data.order,
          'rxsse.gap': ({ data }) => data.reason,
        }),
      );

      expectObservable(matched).toBe(expected, { P: 5, S: 'A', G: 'trimmed' });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'keeps the positions of entries, passes gaps, and keeps the frame of an unchanged event',
    marbles(({ hot, expectObservable }) => {
      const values = { p: entryAt(1, paid), s: entryAt(2, shipped), o: positionAt(2), g: gapAt(3) };
      const source = hot<Entry<Order | Gap>>('-p-s-o-g-|', { ...values });
      const expected = '                      -P-s-o-g-|';
      const matched = source.pipe(matchEvents({ order_paid: () => 'paid', order_shipped: (event) => event }));
      expectObservable(matched).toBe(expected, { ...values, P: new Entry('e', 1, 'paid', undefined) });
    }),
  );

  it(
    'errors with an event that has no case',
    marbles(({ hot, expectObservable }) => {
      const cases = matchEvents<Order, { order_paid: () => 1; order_shipped: () => 2 }>({
        order_paid: () => 1,
        order_shipped: () => 2,
      });
      const of = (value: unknown) => hot<Order>('-a', { a: value as Order }).pipe(cases);
      const why = (got: string) =>
        new TypeError(`matchEvents: expected an event of order_paid, order_shipped, got ${got}`);
      expectObservable(of({ type: 'toString' })).toBe('-#', undefined, why('object of another name'));
      const similar = why('object of another name; did you mean order_paid?');
      expectObservable(of({ type: 'order_payed' })).toBe('-#', undefined, similar);
      expectObservable(of(5)).toBe('-#', undefined, why('number of another name'));
      expectObservable(of(null)).toBe('-#', undefined, why('null of another name'));
      expectObservable(of(undefined)).toBe('-#', undefined, why('undefined of another name'));
    }),
  );

  it(
    'errors when a case returns undefined, which would lose the event',
    marbles(({ hot, expectObservable }) => {
      const nothing = matchEvents<Order, { order_paid: () => 1; order_shipped: () => 2 }>({
        order_paid: () => undefined as never,
        order_shipped: () => 2,
      });
      const why = new TypeError('matchEvents: each case must return a value, got undefined');
      expectObservable(hot<Order>('sp', { p: paid, s: shipped }).pipe(nothing)).toBe('2#', { 2: 2 }, why);
    }),
  );

  it(
    'emits null like any other result',
    marbles(({ hot, expectObservable }) => {
      const matched = hot<Order>('a', { a: paid }).pipe(
        matchEvents({ order_paid: () => null, order_shipped: () => null }),
      );
      expectObservable(matched).toBe('n', { n: null });
    }),
  );

  it('throws a TypeError for a case that is not a function', () => {
    expect(() => matchEvents({ order_paid: 'paid' } as never)).to.throw(
      TypeError,
      'matchEvents: order_paid must be a function, got string',
    );
  });
});
