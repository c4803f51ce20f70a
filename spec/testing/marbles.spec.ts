import { expect } from 'chai';
import { asapScheduler, asyncScheduler, debounceTime, map, of, scheduled, take, timer } from 'rxjs';
import { marbles } from '../../lib/testing/marbles.ts';
import { clock } from '../../lib/time/clock.ts';
import { failureOf } from './failureOf.ts';

describe('marbles', () => {
  it(
    'has RxJS diagrams and timers',
    marbles(({ hot, cold, time, expectObservable, expectSubscriptions }) => {
      const source = hot('  --a--b----------|');
      const subs = '        ^----------!     ';
      const expected = '    -------(ax)      ';
      const late = cold('   x                ');

      expectObservable(source.pipe(take(1), debounceTime(time('-----|'))), subs).toBe('--(a|)');
      expectSubscriptions(source.subscriptions).toBe('^-!');
      expectObservable(timer(7).pipe(map(() => 'a'))).toBe('-------(a|)');
      expectObservable(late).toBe('x');
      expectObservable(of(1)).toEqual(of(1));
      expect(expected).to.be.a('string');
    }),
  );

  it(
    'takes hot streams that are made on the way, from where it is',
    marbles(({ hot, flush }) => {
      const log: unknown[] = [];
      asyncScheduler.schedule(() => {
        hot('a-b').subscribe((letter) => clock.micro(() => log.push([clock.now(), letter])));
      }, 5);
      flush();
      expect(log).to.deep.equal([
        [5, 'a'],
        [7, 'b'],
      ]);
    }),
  );

  it('begins at 0 and ends nothing of the next one', () => {
    for (let run = 0; run < 2; run++) {
      marbles(({ flush }) => {
        expect(asyncScheduler.now()).to.equal(0);
        asyncScheduler.schedule(() => {}, 70);
        flush();
        expect(asyncScheduler.now()).to.equal(70);
        expect(clock.now()).to.equal(70);
      })();
    }
  });

  it('fails with what the test throws, or a stream that nobody listens to', () => {
    const mine = new Error('mine');
    expect(
      failureOf(
        marbles(() => {
          throw mine;
        }),
      ),
    ).to.equal(mine);
    expect(failureOf(marbles(({ cold }) => void cold('--#', {}, mine).subscribe()))).to.equal(mine);
  });

  it('refuses a test that waits for a promise, and hears what the promise says', async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', hear);
    const failure = failureOf(
      marbles(async () => {
        throw new Error('late');
      }),
    );
    await new Promise(setImmediate);
    process.off('unhandledRejection', hear);
    expect(failure).to.be.instanceOf(TypeError);
    expect(failure.message).to.match(/returned a promise/);
    expect(unheard).to.deep.equal([]);
  });

  it('refuses an end that is no time, at once', () => {
    expect(() => marbles(() => {}, { until: 'soon' as '1ms' })).to.throw(TypeError, 'marbles: until');
  });

  it('refuses a run within a run, which goes on', () => {
    marbles(({ cold, expectObservable }) => {
      expect(marbles(() => {})).to.throw('another run is under way');
      expectObservable(cold('-a|').pipe(debounceTime(1))).toBe('--(a|)');
    })();
  });

  it('leaves nothing behind when it fails', async () => {
    failureOf(
      marbles(() => {
        asapScheduler.schedule(() => {});
        asyncScheduler.schedule(() => {}, 5);
        throw new Error('now');
      }),
    );
    expect(clock.now()).to.be.closeTo(performance.now(), 1000);
    expect(asyncScheduler.now()).to.be.closeTo(Date.now(), 1000);
    // Left in a queue of the dead run, the next one would never be asked for.
    expect(await new Promise((resolve) => scheduled(of('alive'), asapScheduler).subscribe(resolve))).to.equal('alive');
  });
});
