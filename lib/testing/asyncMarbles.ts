import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers';
import { TestScheduler } from 'rxjs/testing';
import { checkOptions } from '../data/checkOptions.ts';
import { replaceClock } from '../time/clock.ts';
import { type MarbleHelpersBase, MarbleRun } from './MarbleRun.ts';
import { millisecondsOf } from './MarbleTime.ts';
import { checkTest, type MarblesOptions } from './marbles.ts';
import { replaceTimers } from './replaceTimers.ts';
import { testFailure } from './testFailure.ts';
import { virtualClock } from './virtualClock.ts';

/** The helpers of an async marble test. */
interface AsyncMarbleHelpers extends MarbleHelpersBase {
  /** Runs everything that is due, to `until` at most, and checks the expectations so far. */
  flush(): Promise<void>;
}

/** The run to which the running code belongs: what earlier tests have left running has no part in it. */
const runOfCode = new AsyncLocalStorage<MarbleRun>();

/** The most real milliseconds that a test waits for the outside world while nothing virtual is due. */
const realTimeout = 250;

/**
 * Creates a marble test for streams that wait for promises: between two steps of virtual time all promises that can
 * continue do so.
 *
 * It has the same diagrams and bounds as {@link marbles}. Time passes by itself while the test awaits something. For the
 * test and all that it starts, `setTimeout`, `setInterval` and `Date` are virtual, so that a promise which waits for a
 * timer takes no time either; one such test runs at a time. What earlier tests have left running, such as the stream of
 * a reader that may come back, stays in real time and is not counted among the timers of this one. Waiting for the outside world (files,
 * sockets, `node:timers/promises`) is not virtual, and a stream that does so is not waited for.
 *
 * @example Test a step that is a promise
 * it('looks up in order', asyncMarbles(async ({ cold, expectObservable }) => {
 *   const lookUp = async (id: string) => {
 *     await new Promise((resolve) => setTimeout(resolve, 5));
 *     return id.toUpperCase();
 *   };
 *   expectObservable(cold('ab|').pipe(concatMap(lookUp))).toBe('5ms A 4ms (B|)');
 * }));
 *
 * @throws TypeError at once when `until` is not a time, or the test not a function.
 * @category testing
 */
export function asyncMarbles(
  test: (helpers: AsyncMarbleHelpers) => void | Promise<void>,
  options: MarblesOptions = {},
): () => Promise<void> {
  checkOptions('asyncMarbles', options, { until: '', seed: 'number' });
  const { until = '10s', seed = 1 } = options;
  const bound = millisecondsOf(until, 'asyncMarbles: until');
  checkTest('asyncMarbles', test);
  return async () => {
    const run = new MarbleRun('asyncMarbles');
    run.start();
    const { frameTimeFactor } = TestScheduler;
    const isOfRun = () => runOfCode.getStore() === run;
    const restoreTimers = replaceTimers(run.scheduler, isOfRun);
    TestScheduler.frameTimeFactor = 1;
    run.scheduler.maxFrames = bound;
    const playing = new AsyncTest(run);
    const virtual = virtualClock(run.scheduler, seed);
    replaceClock({
      ...virtual,
      now: () => (isOfRun() ? virtual.now() : performance.now()),
      micro: (work) => (isOfRun() ? playing.micro(work) : queueMicrotask(work)),
    });
    try {
      await runOfCode.run(run, () => playing.play(test));
    } finally {
      replaceClock(undefined);
      TestScheduler.frameTimeFactor = frameTimeFactor;
      run.end();
      restoreTimers();
    }
  };
}

class AsyncTest {
  readonly #run: MarbleRun;
  readonly #flushing: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  #failure: { readonly error: unknown } | undefined;
  #isDone = false;

  constructor(run: MarbleRun) {
    this.#run = run;
  }

  /** Runs a microtask among the others. An error fails the test, and does not end the process. */
  micro(work: () => void): void {
    queueMicrotask(() => {
      try {
        work();
      } catch (error) {
        this.#failure ??= { error };
      }
    });
  }

  async play(test: (helpers: AsyncMarbleHelpers) => void | Promise<void>): Promise<void> {
    this.#start(test);
    let idleSince: number | undefined;
    while (true) {
      await promisesSettled();
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#run.scheduler.step()) idleSince = undefined;
      else if (this.#flushing.length > 0) this.#flush();
      else if (this.#isDone) break;
      else {
        idleSince ??= performance.now();
        if (performance.now() - idleSince > realTimeout) throw testFailure(`asyncMarbles: ${this.#describeWait()}`);
      }
    }
    this.#run.checkComplete();
    this.#run.flush();
  }

  #start(test: (helpers: AsyncMarbleHelpers) => void | Promise<void>): void {
    const helpers = this.#run.helpers();
    const flush = () => new Promise<void>((resolve, reject) => this.#flushing.push({ resolve, reject }));
    const settle = (failure?: { readonly error: unknown }) => {
      this.#failure ??= failure;
      this.#isDone = true;
    };
    const playing = (async () => test({ ...helpers, flush }))();
    playing.then(
      () => settle(),
      (error: unknown) => settle({ error }),
    );
  }

  #flush(): void {
    const waiting = this.#flushing.splice(0);
    try {
      this.#run.flush();
      for (const { resolve } of waiting) resolve();
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  #describeWait(): string {
    const { scheduler } = this.#run;
    const left = scheduler.leftover() ?? `no timer is left at ${scheduler.frame} ms`;
    return `the test waits for a promise that nothing virtual resolves: ${left}`;
  }
}

/** Waits for a turn of the loop: by its end every promise that could continue has done so. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
