import { expect } from 'chai';
import { defer, NEVER, Subject, throwError } from 'rxjs';
import { Entry, type Gap } from '../../lib/index.ts';
import { conflateBy } from '../../lib/operator/conflateBy.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { bare, gapAt, type Order, Orders, paid, placed } from './sample.ts';

const letter = (event: string): string => event.toLowerCase();
const byOrder = ({ data }: Order): string => data.order;
const order = (id: string, total: number) => Orders.OrderPaid({ order: id, total });

describe('conflateBy', () => {
  it(
    'holds one event of each key, in the order of the newest',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-A------b-|');
      const subs = '      ^-------------!';
      const expected = '  -------(bA)---(b|)';

      expectObservable(source.pipe(conflateBy(letter, { interval: 6 }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'waits anew from the first event after all went out',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a-------a---|').pipe(conflateBy(letter, { interval: 3 }))).toBe('---a-------a|');
    }),
  );

  it(
    'lets go when `until` emits, and leaves it with the source',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-A-b----c|');
      const until = hot(' --x---x-x---');
      const subs = '      ^----------!';
      const expected = '  --a---(Ab)-(c|)';

      expectObservable(source.pipe(conflateBy(letter, { until }))).toBe(expected);
      expectSubscriptions(until.subscriptions).toBe(subs);
    }),
  );

  it(
    'goes on when `until` is over, and gives what it holds at the end',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a---b-|').pipe(conflateBy(letter, { until: hot('--x|') }))).toBe('--a----(b|)');
    }),
  );

  it(
    'fails with `until`, after what it holds',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a---b-|').pipe(conflateBy(letter, { until: hot('---#') }))).toBe('---(a#)');
    }),
  );

  it(
    'gives what it holds before a failure',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-ab-#').pipe(conflateBy(letter, { interval: 9 }))).toBe('----(ab#)');
    }),
  );

  it(
    'merges what is held with what comes',
    marbles(({ hot, expectObservable }) => {
      const merge = (held: string, event: string) => held + event;
      const source = hot('-abAa------|');
      const expected = '  ------(bx)-|';

      expectObservable(source.pipe(conflateBy(letter, { interval: 5, merge }))).toBe(expected, { b: 'b', x: 'aAa' });
    }),
  );

  it(
    'lets all out early when there would be more keys than it may hold',
    marbles(({ hot, expectObservable }) => {
      const source = hot('abAc--------|');
      const expected = '  ---(bA)-c---|';
      expectObservable(source.pipe(conflateBy(letter, { interval: 5, maxKeys: 2 }))).toBe(expected);
    }),
  );

  it('holds 10000 keys where nothing else is said', () => {
    const source = new Subject<number>();
    let given = 0;
    const reader = source.pipe(conflateBy((n) => n, { interval: 1e6 })).subscribe(() => given++);
    for (let n = 0; n < 10_000; n++) source.next(n);
    expect(given).to.equal(0);
    source.next(10_000);
    expect(given).to.equal(10_000);
    reader.unsubscribe();
  });

  it(
    'keeps the place of the newest of a key, and lets a place wait for what is before it',
    marbles(({ hot, expectObservable }) => {
      const values = {
        a: placed(1, order('A', 1)),
        b: placed(2, order('B', 2)),
        A: placed(3, order('A', 3)),
        o: bare(3),
      };
      const source = hot<Entry<Order | Gap>>('o-abAo------o|', { ...values });
      const expected = '                      o------(bAo)o|';
      expectObservable(source.pipe(conflateBy(byOrder, { interval: 5 }))).toBe(expected, values);
    }),
  );

  it(
    'lets nothing wait behind a gap, and forgets a place that an event has passed',
    marbles(({ hot, expectObservable }) => {
      const values = {
        a: placed(1, order('A', 1)),
        o: bare(1),
        b: placed(2, order('B', 2)),
        g: gapAt(5),
      };
      const source = hot<Entry<Order | Gap>>('-aobg-----|', values);
      const expected = '                      ----(abg)-|';
      expectObservable(source.pipe(conflateBy(byOrder, { interval: 7 }))).toBe(expected, values);
    }),
  );

  it(
    'puts what was merged at the place of the newest',
    marbles(({ hot, expectObservable }) => {
      const sum = (held: Order, event: Order) =>
        'total' in held.data && 'total' in event.data ? order('A', held.data.total + event.data.total) : event;
      const source = hot<Entry<Order>>('-ab--|', { a: placed(1, order('A', 1)), b: placed(2, order('A', 2)) });
      const expected = '                -----(s|)';
      const values = { s: new Entry('e', 2, order('A', 3), undefined) };
      expectObservable(source.pipe(conflateBy(byOrder, { interval: 7, merge: sum }))).toBe(expected, values);
    }),
  );

  it('subscribes no source for a stream that has failed already', () => {
    let subscribed = 0;
    const source = defer(() => {
      subscribed++;
      return NEVER;
    });
    const errors: unknown[] = [];
    source
      .pipe(conflateBy((value) => value, { until: throwError(() => 'no') }))
      .subscribe({ error: (error) => errors.push(error) });
    expect([subscribed, errors]).to.deep.equal([0, ['no']]);
  });

  it('takes no `undefined` for the event that two became, in an entry: it would be gone', () => {
    const source = new Subject<Entry<Order>>();
    const words: unknown[] = [];
    source
      .pipe(conflateBy((event) => event.type, { interval: 5, merge: (() => undefined) as never }))
      .subscribe({ error: (error) => words.push(error.message) });
    for (const sequence of [1, 2]) source.next(placed(sequence, paid));
    expect(words).to.deep.equal(['conflateBy: merge must return an event, got undefined']);
  });
});
