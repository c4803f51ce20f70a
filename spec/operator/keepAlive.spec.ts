import { expect } from 'chai';
import { defer, map, repeat, Subject, timer } from 'rxjs';
import { keepAlive } from '../../lib/operator/keepAlive.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { comment } from '../../lib/wire/index.ts';
import { trackTimers } from '../support/trackTimers.ts';
import { entryAt, paid, positionAt } from './sample.ts';

describe('keepAlive', () => {
  const fill = keepAlive({ interval: 5, value: () => 'h' });

  it(
    'emits into each silence, and restarts with a value',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  --a-----------b--|');
      const subs = '        ^----------------!';
      const expected = '    --a----h----h-b--|';

      expectObservable(source.pipe(fill)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  for (const make of ['hot', 'cold'] as const) {
    it(
      `emits only the value of a ${make} source when both are due`,
      marbles((helpers) => {
        const source = helpers[make]('-----a----b--|');
        const expected = '            -----a----b--|';
        helpers.expectObservable(source.pipe(fill)).toBe(expected);
      }),
    );
  }

  it(
    'emits nothing with Infinity',
    marbles(({ hot, expectObservable }) => {
      const patient = keepAlive<string>({ interval: Infinity, value: () => 'h' });
      expectObservable(hot('-a 9s b|').pipe(patient)).toBe('-a 9s b|');
    }),
  );

  it('waits longer than the longest timer', () => {
    const timers = trackTimers();
    new Subject()
      .pipe(keepAlive({ interval: 2 ** 40, value: () => 'h' }))
      .subscribe()
      .unsubscribe();
    timers.stop();
    expect(timers.longest).to.equal(2 ** 31 - 1);
  });

  it('does not set a timer for each value', () => {
    const run = marbles(({ hot, flush }) => {
      const timers = trackTimers();
      hot('aaaaaaaaaaaaaaaaaaaa|').pipe(fill).subscribe();
      flush();
      timers.stop();
      expect(timers.set).to.equal(1);
    });
    run();
  });

  it(
    'does not restart with a position-only entry',
    marbles(({ hot, expectObservable }) => {
      const values = { a: entryAt(1, paid), o: positionAt(1), h: comment() };
      const source = hot('-a--o----o-|', values);
      const expected = '  -a--o-h--o-|';

      expectObservable(source.pipe(keepAlive({ interval: 5, value: () => comment() }))).toBe(expected, values);
    }),
  );

  it(
    'emits nothing when a value comes at the same moment from a source that rearms its timer',
    marbles(({ expectObservable }) => {
      const polled = defer(() => timer(5)).pipe(
        map(() => 'a'),
        repeat(3),
      );
      expectObservable(polled.pipe(keepAlive({ interval: 5, value: () => 'h' }))).toBe('-----a----a----(a|)');
      expectObservable(polled.pipe(keepAlive({ interval: 3, value: () => 'h' }))).toBe('---h-a--h-a--h-(a|)');
    }),
  );
});
