import { expect } from 'chai';
import { asapScheduler, asyncScheduler, interval, last, map, merge, NEVER, share, take, takeUntil, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { marbles } from '../../lib/testing/marbles.ts';

describe('timers in virtual time', () => {
  /** Its last value cancels a timer that is due in the same millisecond, and was set after it. */
  const cancelling = () => {
    const ticks = interval(1).pipe(take(3), share());
    const late = timer(3).pipe(
      map(() => 9),
      takeUntil(ticks.pipe(last())),
    );
    return merge(ticks, late);
  };

  it('can be cancelled in the millisecond at which they are due, where RxJS fails', () => {
    const theirs = new TestScheduler(() => {});
    expect(() => theirs.run(({ expectObservable }) => expectObservable(cancelling()))).to.throw('Expected a due');

    marbles(({ expectObservable }) => {
      expectObservable(cancelling()).toBe('-ab(c|)', { a: 0, b: 1, c: 2 });
    })();
  });

  it(
    'run in the order of RxJS: immediates first, then in the order in which they were started',
    marbles(({ flush }) => {
      const log: string[] = [];
      const say = (word: string) => () => log.push(`${asyncScheduler.now()} ${word}`);
      interval(2).pipe(take(2)).subscribe(say('every 2'));
      timer(4).subscribe(() => {
        say('at 4')();
        asapScheduler.schedule(say('asap'));
      });
      timer(2, 2).pipe(take(2)).subscribe(say('from 2'));
      flush();
      expect(log).to.deep.equal(['2 every 2', '2 from 2', '4 every 2', '4 at 4', '4 asap', '4 from 2']);
    }),
  );

  it(
    'never run after they were cancelled, and leave no step',
    marbles(({ flush }) => {
      const log: unknown[] = [];
      const say = (word: string) => () => log.push(word);
      const asap = asapScheduler.schedule(say('asap'));
      const never = NEVER.pipe(takeUntil(timer(3))).subscribe({ complete: say('timer') });
      const every = interval(1).subscribe(say('tick'));
      timer(2).subscribe(() => {
        for (const each of [never, every]) each.unsubscribe();
      });
      asap.unsubscribe();
      flush();
      expect(log).to.deep.equal(['tick', 'tick']);
    }),
  );

  it(
    'never run before they were started, also with a negative delay',
    marbles(({ flush }) => {
      const log: number[] = [];
      timer(10).subscribe(() => {
        asyncScheduler.schedule(() => log.push(asyncScheduler.now()), -5);
        asyncScheduler.schedule(() => log.push(asyncScheduler.now()), 1);
      });
      flush();
      expect(log).to.deep.equal([10, 11]);
    }),
  );
});
