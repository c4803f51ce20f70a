import { expect } from 'chai';
import { defer, map, NEVER, Observable, of, repeat, timer } from 'rxjs';
import { StreamTimeoutError } from '../../lib/index.ts';
import { timeouts } from '../../lib/operator/timeouts.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { trackTimers } from '../support/trackTimers.ts';
import { entryAt, paid, positionAt } from './sample.ts';

describe('timeouts', () => {
  const limits = { first: 3, idle: 5, total: 12 };

  it(
    'unsubscribes from a source that takes too long, and continues with another',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const source = hot('--a-b------c|');
      const subs = '      ^--------!';
      const other = cold('         x-y|');
      const subs2 = '     ---------^--!';
      const expected = '  --a-b----x-y|';

      expectObservable(source.pipe(timeouts({ ...limits, with: () => other }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectSubscriptions(other.subscriptions).toBe(subs2);
    }),
  );

  for (const [limit, source, expected, ms] of [
    ['first', '-', '   ---#', 3],
    ['first', '----a', '   ---#', 3],
    ['idle', '--a-----', '--a----#', 5],
    ['total', '--a--b--c--d-', '--a--b--c--d#', 12],
  ] as const) {
    it(
      `reports the limit \`${limit}\` for ${source}`,
      marbles(({ hot, expectObservable }) => {
        expectObservable(hot(source).pipe(timeouts(limits))).toBe(
          expected,
          undefined,
          new StreamTimeoutError(limit, ms),
        );
      }),
    );
  }

  it(
    'applies idle to the first value too, without a limit first',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('------a|').pipe(timeouts({ idle: 5 }))).toBe(
        '-----#',
        undefined,
        new StreamTimeoutError('idle', 5),
      );
    }),
  );

  it(
    'applies a limit on the total alone',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a----------').pipe(timeouts({ total: 6 }))).toBe(
        '-a----#',
        undefined,
        new StreamTimeoutError('total', 6),
      );
    }),
  );

  it(
    'applies a limit on the first value alone',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a 5s b|').pipe(timeouts({ first: 3 }))).toBe('-a 5s b|');
    }),
  );

  for (const make of ['hot', 'cold'] as const) {
    it(
      `treats a value at the deadline as in time, from a ${make} source`,
      marbles((helpers) => {
        const source = helpers[make]('         ---a----b---|');
        helpers.expectObservable(source.pipe(timeouts(limits))).toBe('---a----b---|');
      }),
    );
  }

  it(
    'reports the limit that was exceeded first',
    marbles(({ hot, expectObservable }) => {
      const error = new StreamTimeoutError('idle', 5);
      expectObservable(hot('a').pipe(timeouts({ idle: 5, total: 5 }))).toBe('a----#', undefined, error);
      expectObservable(hot('a').pipe(timeouts({ idle: 5, total: 4 }))).toBe(
        'a---#',
        undefined,
        new StreamTimeoutError('total', 4),
      );
    }),
  );

  it(
    'passes the error with its limit to the function',
    marbles(({ hot, expectObservable }) => {
      const withError = timeouts<string, unknown>({ first: 3, with: (error) => of(error) });
      expectObservable(hot('-').pipe(withError)).toBe('---(e|)', { e: new StreamTimeoutError('first', 3) });
    }),
  );

  it(
    'has no limit for the replacement of the source',
    marbles(({ cold, expectObservable }) => {
      const slow = timeouts({ first: 2, idle: 2, total: 4, with: () => cold('20ms x 20ms |') });
      expectObservable(NEVER.pipe(slow)).toBe('22ms x 20ms |');
    }),
  );

  it(
    'does not count a position-only entry as a value',
    marbles(({ hot, expectObservable }) => {
      const values = { a: entryAt(1, paid), o: positionAt(1) };
      const source = hot(' -oa--o--a', values);
      const expected = '   -oa--o-#';
      expectObservable(source.pipe(timeouts({ first: 3, idle: 5 }))).toBe(
        expected,
        values,
        new StreamTimeoutError('idle', 5),
      );
    }),
  );

  it('does not set a timer for each value', () => {
    marbles(({ hot, flush }) => {
      const timers = trackTimers();
      hot('aaaaaaaaaaa|')
        .pipe(timeouts({ idle: 5, total: 100 }))
        .subscribe();
      flush();
      timers.stop();
      expect(timers.set).to.equal(1);
    })();
  });

  it('sets no timer for a source that ends synchronously', () => {
    const timers = trackTimers();
    of(1)
      .pipe(timeouts({ first: 10 }))
      .subscribe();
    timers.stop();
    expect(timers.pending).to.equal(0);
  });

  for (const [what, replacement, expected] of [
    ['errors with the timeout', undefined, ['StreamTimeoutError']],
    ['continues with another source', () => of('x'), ['x', 'complete']],
  ] as const) {
    it(
      `${what} when the teardown of the source throws, and reports that error`,
      marbles(({ flush, reportedErrors }) => {
        const reported = reportedErrors();
        const notifications: unknown[] = [];
        const source = new Observable<string>(() => () => {
          throw new Error('from the teardown');
        });
        source.pipe(timeouts({ total: 5, ...(replacement && { with: replacement }) })).subscribe({
          next: (value) => notifications.push(value),
          error: (error) => notifications.push(error.name),
          complete: () => notifications.push('complete'),
        });
        flush();
        expect(notifications).to.deep.equal(expected);
        expect(reported.map(({ where, error }) => [where, String(error).includes('from the teardown')])).to.deep.equal([
          ['timeouts', true],
        ]);
      }),
    );
  }

  it(
    'treats a value at the deadline as in time, from a source that rearms its timer',
    marbles(({ expectObservable }) => {
      const polled = defer(() => timer(5)).pipe(
        map(() => 'a'),
        repeat(3),
      );
      expectObservable(polled.pipe(timeouts({ idle: 5 }))).toBe('-----a----a----(a|)');
      expectObservable(polled.pipe(timeouts({ idle: 4 }))).toBe('----#', undefined, new StreamTimeoutError('idle', 4));
    }),
  );
});
