import { setTimeout as realTimeout } from 'node:timers';
import { expect } from 'chai';
import {
  asapScheduler,
  asyncScheduler,
  concatMap,
  firstValueFrom,
  from,
  interval,
  map,
  NEVER,
  of,
  Subscription,
  take,
  timer,
} from 'rxjs';
import { sse } from '../../lib/adapter/node/sse.ts';
import { asyncMarbles } from '../../lib/testing/asyncMarbles.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { clock } from '../../lib/time/clock.ts';
import { comment } from '../../lib/wire/Frame.ts';
import { type Failure, firstLineOf, lineAfterThis } from './failureOf.ts';

const failureOf = (test: () => Promise<void>): Promise<Failure> =>
  test().then(
    () => Promise.reject(new Error('the test passed')),
    (error: Failure) => error,
  );

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Runs work after a real millisecond, as code does that an earlier test has left running. */
const leftRunning = <T>(work: () => T) => new Promise<T>((resolve) => realTimeout(() => resolve(work()), 1));

describe('asyncMarbles', () => {
  it('does not count the timers of what earlier tests have left running, which stay in real time', async () => {
    const handles: NodeJS.Timeout[] = [];
    const subscriptions = new Subscription();
    const earlier = leftRunning(() => {
      handles.push(
        setTimeout(() => {}, 60_000),
        setInterval(() => {}, 60_000),
      );
      subscriptions.add(timer(60_000).subscribe());
      return { date: Date.now(), made: new Date().getFullYear(), now: clock.now(), scheduler: asyncScheduler.now() };
    });
    await asyncMarbles(async () => {
      const { date, made, now, scheduler } = await earlier;
      expect(Math.min(date, scheduler)).to.be.above(1e12);
      expect(made).to.be.above(2000);
      expect(now).to.be.above(0);
      expect([Date.now(), clock.now()]).to.deep.equal([0, 0]);
      // What that code has started is for this one to clear, as any other timer.
      for (const handle of handles) clearTimeout(handle);
    })();
    subscriptions.unsubscribe();
    expect(handles.map((handle) => handle.constructor.name)).to.deep.equal(['Timeout', 'Timeout']);
  });

  it(
    'settles chains of promises of any length between two times',
    asyncMarbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const chained = async (letter: string) => {
        for (let link = 0; link < 50; link++) await null;
        return letter.toUpperCase();
      };
      const source = hot('  --a--(bc)-|');
      const subs = '        ^---------!';
      const expected = '    --A--(BC)-|';
      expectObservable(source.pipe(concatMap(chained))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectObservable(cold('-a|'), '--^').toBe('---a|');
      expectObservable(from(Promise.resolve(1))).toEqual(of(1));
    }),
  );

  it(
    'runs the timers of promises in virtual time',
    asyncMarbles(({ cold, expectObservable }) => {
      const lookUp = async (letter: string) => {
        await sleep(5);
        return letter.toUpperCase();
      };
      expectObservable(cold('ab|').pipe(concatMap(lookUp))).toBe('5ms A 4ms (B|)');
    }),
  );

  it(
    'advances time while the test awaits',
    asyncMarbles(async ({ hot, flush }) => {
      const started = asyncScheduler.now();
      expect(await firstValueFrom(timer(7).pipe(map(() => asyncScheduler.now())))).to.equal(7);
      await sleep(3000);
      expect([started, Date.now(), clock.now()]).to.deep.equal([0, 3007, 3007]);
      const late: unknown[] = [];
      hot('a-b').subscribe((letter) => late.push([Date.now(), letter]));
      await flush();
      expect(late).to.deep.equal([
        [3007, 'a'],
        [3009, 'b'],
      ]);
    }),
  );

  it(
    'runs a route that returns a promise of a stream, and one with an async iterable',
    asyncMarbles(async ({ reader, expectFrames, flush }) => {
      async function* words() {
        for (const word of ['a', 'b']) {
          await sleep(10);
          yield word;
        }
      }
      const route = sse({ heartbeat: 8 }, async () => {
        await sleep(2);
        return words();
      });
      const r = reader(route);
      expectFrames(r).toBe('10ms h 1ms a 7ms h 1ms (b|)', { a: 'a', b: 'b', h: comment() });
      await flush();
      expect(r.listeners).to.equal(0);
    }),
  );

  it(
    'cancels timers, also those that were started before the test',
    (() => {
      const before = setTimeout(() => {}, 1_000_000);
      return asyncMarbles(async ({ flush }) => {
        const log: unknown[] = [];
        const say = (word: string) => log.push(`${Date.now()} ${word}`);
        const every = setInterval(say, 2, 'every');
        const never = setTimeout(say, 3, 'never');
        setTimeout(() => clearInterval(every), 5)
          .unref()
          .ref();
        clearTimeout(never);
        clearTimeout(before);
        clearTimeout(undefined);
        asapScheduler.schedule(() => say('asap'));
        clock.micro(() => say('micro'));
        clock.turn(() => say('turn'));
        await flush();
        expect(log).to.deep.equal(['0 asap', '0 micro', '0 turn', '2 every', '4 every']);
      });
    })(),
  );

  it('restores the timers and the time of the process', async () => {
    const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
    const { now } = Date;
    await asyncMarbles(() => {
      expect(globalThis.setTimeout).not.to.equal(setTimeout);
    })();
    await failureOf(
      asyncMarbles(() => {
        throw new Error('mine');
      }),
    );
    expect([globalThis.setTimeout, globalThis.setInterval]).to.deep.equal([setTimeout, setInterval]);
    expect([globalThis.clearTimeout, globalThis.clearInterval]).to.deep.equal([clearTimeout, clearInterval]);
    expect(Date.now).to.equal(now);
    expect(clock.now()).to.be.closeTo(performance.now(), 1000);
    marbles(({ expectObservable }) => expectObservable(timer(5)).toBe('5ms (a|)', { a: 0 }))();
  });

  describe('fails', () => {
    it('at the line of the expectation', async () => {
      let line = '';
      const failure = await failureOf(
        asyncMarbles(({ cold, expectObservable }) => {
          const doubled = cold('-a|').pipe(concatMap(async (letter) => letter + letter));
          line = lineAfterThis();
          expectObservable(doubled).toBe('-a|');
        }),
      );
      expect(failure.message).to.match(/^expectObservable: the first difference is at 1 ms/);
      expect(firstLineOf(failure)).to.equal(line);
    });

    it('by flush, when the test awaits it', async () => {
      const failure = await failureOf(
        asyncMarbles(async ({ expectObservable, flush }) => {
          expectObservable(NEVER).toBe('a');
          await flush();
          throw new Error('not reached');
        }),
      );
      expect(failure.message).to.match(/^expectObservable/);
    });

    it('for a timer that remains, with its origin', async () => {
      let line = '';
      const { message } = await failureOf(
        asyncMarbles(
          async () => {
            await null;
            line = lineAfterThis();
            interval(20).subscribe();
          },
          { until: '50ms' },
        ),
      );
      expect(message).to.match(/^asyncMarbles: 1 timer is left at 50 ms, the next one due at 60 ms/);
      expect(message).to.contain(line);
    });

    it('for an expectation without its toBe', async () => {
      const { message } = await failureOf(asyncMarbles(({ expectObservable }) => void expectObservable(NEVER)));
      expect(message).to.match(/^expectObservable: it has no toBe/);
    });

    it('with the error that the test, a step or a microtask throws', async () => {
      const mine = new Error('mine');
      const fail = () => {
        throw mine;
      };
      expect(await failureOf(asyncMarbles(() => sleep(5).then(fail)))).to.equal(mine);
      expect(await failureOf(asyncMarbles(() => void setTimeout(fail, 5)))).to.equal(mine);
      expect(await failureOf(asyncMarbles(() => clock.micro(fail)))).to.equal(mine);
      expect(await failureOf(asyncMarbles(({ cold }) => void cold('-#', {}, mine).subscribe()))).to.equal(mine);
    });

    it('when it awaits a promise that nothing virtual resolves', async () => {
      const stuck = await failureOf(asyncMarbles(() => new Promise(() => {})));
      expect(stuck.message).to.match(/waits for a promise that nothing virtual resolves: no timer is left at 0 ms/);
      const late = await failureOf(asyncMarbles(() => sleep(70), { until: '60ms' }));
      expect(late.message).to.match(/nothing virtual resolves: 1 timer is left at 60 ms, the next one due at 70 ms/);
    });

    it('while another run is active, or for an end that is not a time', async () => {
      const { message } = await failureOf(asyncMarbles(() => asyncMarbles(() => {})()));
      expect(message).to.match(/another run is under way/);
      expect(() => asyncMarbles(() => {}, { until: 'soon' as '1ms' })).to.throw(TypeError, 'asyncMarbles: until');
    });
  });

  it('fails for a loop of promises in which no time passes', async () => {
    const loop = (): void => void asyncScheduler.schedule(() => void Promise.resolve().then(loop));
    expect((await failureOf(asyncMarbles(loop))).message).to.match(/more than 10000 steps at 0 ms/);
  });

  it(
    'accepts any number of values',
    asyncMarbles(({ expectObservable }) => {
      expectObservable(
        interval(10).pipe(
          take(2),
          concatMap(async (n) => n),
        ),
      ).toBe('10ms a 9ms (b|)', { a: 0, b: 1 });
    }),
  );
});
