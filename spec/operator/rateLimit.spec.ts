import { expect } from 'chai';
import { map, type Observable, Subject, timestamp } from 'rxjs';
import { operatorQueueFull } from '../../lib/error/LimitError.ts';
import type { Entry, Gap } from '../../lib/index.ts';
import { rateLimit } from '../../lib/operator/rateLimit.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { trackTimers } from '../support/trackTimers.ts';
import { entryAt, gapAt, type Order, paid, positionAt, shipped } from './sample.ts';

describe('rateLimit', () => {
  it(
    'emits a burst at once, and the rest at the rate',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-abcd---------e|');
      const subs = '      ^--------------!';
      const expected = '  -ab-c--d------e|';

      expectObservable(source.pipe(rateLimit({ maxEvents: 1, interval: 3, burst: 2 }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'completes, or errors, behind the last waiting event',
    marbles(({ hot, expectObservable }) => {
      const slow = rateLimit<string>({ maxEvents: 1, interval: 3 });
      expectObservable(hot('abc|').pipe(slow)).toBe('a--b--(c|)');
      expectObservable(hot('abc#').pipe(slow)).toBe('a--b--(c#)');
    }),
  );

  it(
    'saves at most burst tokens',
    marbles(({ hot, expectObservable }) => {
      const slow = rateLimit<string>({ maxEvents: 1, interval: 4, burst: 2 });
      const source = hot('a-- 30ms bcd-----|');
      const expected = '  a-- 30ms bc--d---|';
      expectObservable(source.pipe(slow)).toBe(expected);
    }),
  );

  it(
    'has an interval of a second by default',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('ab|').pipe(rateLimit({ maxEvents: 2 }))).toBe('a 499ms (b|)');
    }),
  );

  it(
    'is never faster than the rate, nor a millisecond slower for each event',
    marbles(({ cold, flush }) => {
      const at: number[] = [];
      const source: Observable<string> = cold(`(${'a'.repeat(7)}|)`);
      source
        .pipe(
          rateLimit({ maxEvents: 3, interval: 100, burst: 3 }),
          timestamp(),
          map(({ timestamp }) => timestamp),
        )
        .subscribe((moment) => at.push(moment));
      flush();
      expect(at).to.deep.equal([0, 0, 0, 34, 67, 100, 134]);
    }),
  );

  it(
    'errors when more than maxQueued values wait, and drops them',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('abcd');
      const subs = '      ^--!';
      const expected = '  a--#';
      const error = operatorQueueFull('rateLimit', 2);
      expectObservable(source.pipe(rateLimit({ maxEvents: 1, interval: 10, maxQueued: 2 }))).toBe(
        expected,
        undefined,
        error,
      );
      expectSubscriptions(source.subscriptions).toBe(subs);
      expect(error).to.include({ kind: 'operator-queue', limit: 2, subject: 'rateLimit', _tag: 'LimitError' });
      expect(error.message).to.match(/^rateLimit: more than 2 values wait; raise maxQueued/);
    }),
  );

  it(
    'takes no token for position-only entries and gaps, and keeps their order',
    marbles(({ hot, expectObservable }) => {
      const values = {
        a: entryAt(1, paid),
        b: entryAt(2, shipped),
        o: positionAt(1),
        p: positionAt(2),
        g: gapAt(3),
        q: positionAt(3),
      };
      const source = hot<Entry<Order | Gap>>('aobppgq----------|', { ...values });
      const expected = '                      ao-----(bpgq)----|';
      expectObservable(source.pipe(rateLimit({ maxEvents: 1, interval: 7, maxQueued: 4 }))).toBe(expected, values);
    }),
  );

  it('lets 10000 values wait by default', () => {
    const source = new Subject<number>();
    const failures: unknown[] = [];
    source.pipe(rateLimit({ maxEvents: 1 })).subscribe({ error: (error) => failures.push(error) });
    // The first does not wait.
    for (let n = 0; n <= 10_000; n++) source.next(n);
    expect(failures).to.deep.equal([]);
    source.next(0);
    expect(failures).to.deep.equal([operatorQueueFull('rateLimit', 10_000)]);
  });

  it('sets one timer', () => {
    marbles(({ hot, flush }) => {
      const timers = trackTimers();
      hot('aaaaaaaaaaaa|')
        .pipe(rateLimit({ maxEvents: 1, interval: 5 }))
        .subscribe();
      flush();
      timers.stop();
      expect(timers.set).to.equal(1);
    })();
  });
});
