import { expect } from 'chai';
import { defer, NEVER, Subject, throwError } from 'rxjs';
import { Entry, type Gap } from '../../lib/index.ts';
import { conflateBy } from '../../lib/operator/conflateBy.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { entryAt, gapAt, type Order, Orders, paid, positionAt } from './sample.ts';

const letter = (event: string): string => event.toLowerCase();
const byOrder = ({ data }: Order): string => data.order;
const order = (id: string, total: number) => Orders.OrderPaid({ order: id, total });

describe('conflateBy', () => {
  it(
    'emits one event of each key, in the order of the newest events',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-A------b-|');
      const subs = '      ^-------------!';
      const expected = '  -------(bA)---(b|)';

      expectObservable(source.pipe(conflateBy(letter, { interval: 6 }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'restarts the interval with the first event after an emission',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a-------a---|').pipe(conflateBy(letter, { interval: 3 }))).toBe('---a-------a|');
    }),
  );

  it(
    'emits when `until` emits, and unsubscribes from it at the end',
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
    'continues when `until` completes, and emits the held events at the end',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a---b-|').pipe(conflateBy(letter, { until: hot('--x|') }))).toBe('--a----(b|)');
    }),
  );

  it(
    'errors with `until`, after the held events',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a---b-|').pipe(conflateBy(letter, { until: hot('---#') }))).toBe('---(a#)');
    }),
  );

  it(
    'emits the held events before an error',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-ab-#').pipe(conflateBy(letter, { interval: 9 }))).toBe('----(ab#)');
    }),
  );

  it(
    'merges the held event with the new one',
    marbles(({ hot, expectObservable }) => {
      const merge = (held: string, event: string) => held + event;
      const source = hot('-abAa------|');
      const expected = '  ------(bx)-|';

      expectObservable(source.pipe(conflateBy(letter, { interval: 5, merge }))).toBe(expected, { b: 'b', x: 'aAa' });
    }),
  );

  it(
    'emits all held events early when there would be more than maxKeys',
    marbles(({ hot, expectObservable }) => {
      const source = hot('abAc--------|');
      const expected = '  ---(bA)-c---|';
      expectObservable(source.pipe(conflateBy(letter, { interval: 5, maxKeys: 2 }))).toBe(expected);
    }),
  );

  it('holds 10000 keys by default', () => {
    const source = new Subject<number>();
    let emitted = 0;
    const reader = source.pipe(conflateBy((n) => n, { interval: 1e6 })).subscribe(() => emitted++);
    for (let n = 0; n < 10_000; n++) source.next(n);
    expect(emitted).to.equal(0);
    source.next(10_000);
    expect(emitted).to.equal(10_000);
    reader.unsubscribe();
  });

  it(
    'keeps the position of the newest event of a key, and position-only entries behind the events before them',
    marbles(({ hot, expectObservable }) => {
      const values = {
        a: entryAt(1, order('A', 1)),
        b: entryAt(2, order('B', 2)),
        A: entryAt(3, order('A', 3)),
        o: positionAt(3),
      };
      const source = hot<Entry<Order | Gap>>('o-abAo------o|', { ...values });
      const expected = '                      o------(bAo)o|';
      expectObservable(source.pipe(conflateBy(byOrder, { interval: 5 }))).toBe(expected, values);
    }),
  );

  it(
    'emits the held events before a gap, and drops a position that a later event replaces',
    marbles(({ hot, expectObservable }) => {
      const values = {
        a: entryAt(1, order('A', 1)),
        o: positionAt(1),
        b: entryAt(2, order('B', 2)),
        g: gapAt(5),
      };
      const source = hot<Entry<Order | Gap>>('-aobg-----|', values);
      const expected = '                      ----(abg)-|';
      expectObservable(source.pipe(conflateBy(byOrder, { interval: 7 }))).toBe(expected, values);
    }),
  );

  it(
    'emits a merged event at the position of the newest',
    marbles(({ hot, expectObservable }) => {
      const sum = (held: Order, event: Order) =>
        'total' in held.data && 'total' in event.data ? order('A', held.data.total + event.data.total) : event;
      const source = hot<Entry<Order>>('-ab--|', { a: entryAt(1, order('A', 1)), b: entryAt(2, order('A', 2)) });
      const expected = '                -----(s|)';
      const values = { s: new Entry('e', 2, order('A', 3), undefined) };
      expectObservable(source.pipe(conflateBy(byOrder, { interval: 7, merge: sum }))).toBe(expected, values);
    }),
  );

  it(
    'moves the position with the last of the merged events alone, since an earlier one may follow in a later one',
    marbles(({ hot, expectObservable }) => {
      const sum = (held: Order, event: Order) =>
        'total' in held.data && 'total' in event.data
          ? order(held.data.order, held.data.total + event.data.total)
          : event;
      const source = hot<Entry<Order>>('-abA----cd--|', {
        a: entryAt(4, order('A', 1)),
        b: entryAt(5, order('B', 2)),
        A: entryAt(6, order('A', 4)),
        c: entryAt(7, order('C', 1)),
        d: entryAt(9, order('D', 1)),
      });
      const expected = '                ------(bs)--(cd|)';
      const values = {
        b: new Entry('e', 3, order('B', 2), undefined, true),
        s: new Entry('e', 6, order('A', 5), undefined),
        c: new Entry('e', 6, order('C', 1), undefined, true),
        d: entryAt(9, order('D', 1)),
      };
      expectObservable(source.pipe(conflateBy(byOrder, { interval: 5, merge: sum }))).toBe(expected, values);
    }),
  );

  it('does not subscribe to the source when `until` has already failed', () => {
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

  it('errors when merge returns undefined for entries, which would lose the event', () => {
    const source = new Subject<Entry<Order>>();
    const messages: unknown[] = [];
    source
      .pipe(conflateBy((event) => event.type, { interval: 5, merge: (() => undefined) as never }))
      .subscribe({ error: (error) => messages.push(error.message) });
    for (const sequence of [1, 2]) source.next(entryAt(sequence, paid));
    expect(messages).to.deep.equal(['conflateBy: merge must return an event, got undefined']);
  });
});
