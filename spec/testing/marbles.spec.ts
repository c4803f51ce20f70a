import { expect } from 'chai';
import { asapScheduler, asyncScheduler, debounceTime, map, of, scheduled, take, timer } from 'rxjs';
import { marbles } from '../../lib/testing/marbles.ts';
import { clock } from '../../lib/time/clock.ts';
import { failureOf } from './failureOf.ts';

describe('marbles', () => {
  it(
    'has the diagrams and timers of RxJS',
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
    'starts a hot stream that is created during the run at the current time',
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

  it('starts at 0, and does not affect the next run', () => {
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

  it('fails with the error that the test throws, or with an error of a stream that no subscriber receives', () => {
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

  it('throws for a test that returns a promise, and handles its rejection', async () => {
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

  it('throws at once for an end that is not a time', () => {
    expect(() => marbles(() => {}, { until: 'soon' as '1ms' })).to.throw(TypeError, 'marbles: until');
  });

  it('throws for a run within a run, and the outer one continues', () => {
    marbles(({ cold, expectObservable }) => {
      expect(marbles(() => {})).to.throw('another run is under way');
      expectObservable(cold('-a|').pipe(debounceTime(1))).toBe('--(a|)');
    })();
  });

  it('cleans up when it fails', async () => {
    failureOf(
      marbles(() => {
        asapScheduler.schedule(() => {});
        asyncScheduler.schedule(() => {}, 5);
        throw new Error('now');
      }),
    );
    expect(clock.now()).to.be.closeTo(performance.now(), 1000);
    expect(asyncScheduler.now()).to.be.closeTo(Date.now(), 1000);
    // A task that remained in the queue of the failed run would prevent the next one.
    expect(await new Promise((resolve) => scheduled(of('alive'), asapScheduler).subscribe(resolve))).to.equal('alive');
  });
});
