import { expect } from 'chai';
import { Subject } from 'rxjs';
import { type Entry, feed, type Gap, sse } from '../../lib/index.ts';
import { dedupe } from '../../lib/operator/dedupe.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { entryAt, gapAt, type Order, Orders, paid, positionAt, shipped } from './sample.ts';

const itself = (letter: string): string => letter;

describe('dedupe', () => {
  it(
    'emits an event once, for as long as its key is remembered',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-a---a-|');
      const subs = '      ^----------!';
      const expected = '  -a-b-----a-|';

      expectObservable(source.pipe(dedupe(itself, { maxAge: 6 }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'counts from the emitted event, not from its repeats',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a-a-a-a-a-|').pipe(dedupe(itself, { maxAge: 4 }))).toBe('a---a---a-|');
    }),
  );

  it(
    'forgets the oldest key for a new one, also after others have expired',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('abacab|').pipe(dedupe(itself, { maxKeys: 2 }))).toBe('ab-cab|');
      expectObservable(hot('abc-abcabc|').pipe(dedupe(itself, { maxKeys: 2, maxAge: 3 }))).toBe('abc-abcabc|');
      expectObservable(hot('a---ab-a-|').pipe(dedupe(itself, { maxKeys: 2, maxAge: 4 }))).toBe('a---ab---|');
    }),
  );

  it(
    'remembers keys without a time limit by default',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a 9s a|').pipe(dedupe(itself))).toBe('a 9s -|');
    }),
  );

  it(
    'forgets at a reconnect in a route, and remembers for all readers in the source of the feed',
    marbles(({ hot, reader, flush }) => {
      const values = { a: paid, b: shipped };
      const twice = hot('5ms a 9ms b 9ms a 9ms b', values);
      const perReader = feed(Orders, { source: twice });
      const perFeed = feed(Orders, { source: twice.pipe(dedupe(({ type }) => type)) });
      const routes = [sse((context) => perReader.read(context).pipe(dedupe(({ type }) => type))), sse(perFeed)];
      const first = routes.map((route) => reader(route, { socket: '20ms X' }));
      flush();
      const back = routes.map((route, n) =>
        reader(route, { lastEventId: first[n]?.lastEventId ?? '', socket: '99ms X' }),
      );
      flush();
      const types = [...first, ...back].map(({ frames }) =>
        frames.flatMap(({ frame }) => ('event' in frame && !frame.event?.startsWith('rxsse.') ? [frame.event] : [])),
      );
      const both = ['order_paid', 'order_shipped'];
      expect(types).to.deep.equal([both, both, both, []]);
    }),
  );

  it('remembers 10000 keys by default', () => {
    const source = new Subject<number>();
    const passed: number[] = [];
    source.pipe(dedupe((n) => n)).subscribe((n) => passed.push(n));
    for (let n = 0; n <= 10_000; n++) source.next(n);
    // The second key is remembered, and the first is not.
    for (const n of [1, 0]) source.next(n);
    expect(passed.slice(-2)).to.deep.equal([10_000, 0]);
  });

  it(
    'leaves the position of a repeated event, and passes position-only entries and gaps',
    marbles(({ hot, expectObservable }) => {
      const values = {
        a: entryAt(1, paid),
        b: entryAt(2, paid),
        o: positionAt(2),
        g: gapAt(3),
        c: entryAt(4, shipped),
      };
      const source = hot<Entry<Order | Gap>>('-abogc-|', { ...values });
      const expected = '                      -aoogc-|';
      expectObservable(source.pipe(dedupe(({ type }) => type))).toBe(expected, values);
    }),
  );

  it(
    'forgets each key in time when there is only one',
    marbles(({ hot, expectObservable }) => {
      const source = hot('     a-a---a-a-----------b-b---a|');
      expectObservable(source.pipe(dedupe((letter) => letter, { maxAge: 6 }))).toBe('a-----a-------------b-----a|');
    }),
  );
});
