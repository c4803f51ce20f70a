import type { RunHelpers } from 'rxjs/testing';
import { checkTest } from './checkTest.ts';
import { type MarbleHelpersBase, MarbleRun } from './MarbleRun.ts';
import { type MarbleTime, millisecondsOf } from './marbleTime.ts';

/** What a marble test works with; the first of them are RxJS's own. @category testing */
export interface MarbleHelpers extends MarbleHelpersBase, Pick<RunHelpers, 'animate'> {
  /** Runs all that is due, to `until` at most, and looks at what was expected so far; afterwards readers can be asked. */
  flush(): void;
}

/** The bounds and the chance of one run. @category testing */
export interface MarblesOptions {
  /** The end of the run. What is still scheduled then has leaked and fails the test. @default '10s' */
  readonly until?: MarbleTime;
  /** Where chance starts: the same seed gives the same epochs and jitter. @default 1 */
  readonly seed?: number;
}

/**
 * Makes a test that runs in virtual time: timers, heartbeats, sockets and whole
 * routes, in no time at all.
 *
 * Virtual are RxJS's timers, and the `setTimeout`, `setInterval` and `Date` of the
 * process: time begins at 0. `setImmediate`, `performance.now` and what is imported
 * from `node:timers` stay real.
 *
 * Diagrams are those of RxJS's `TestScheduler.run`. On top of it a run is
 * bounded: it never hangs, and what is left when it is over fails the test. So
 * does an expectation without its `toBe`.
 *
 * @example A stream and its heartbeat
 * it('beats into silence', marbles(({ hot, reader, expectFrames }) => {
 *   const words = hot('  5ms a');
 *   const r = reader(sse(words, { heartbeat: 10 }), { socket: '20ms X' });
 *   expectFrames(r).toBe('5ms a 9ms h', { a: 'a', h: comment() });
 * }));
 *
 * @throws TypeError at once when `until` is no time, or the test no function.
 * @see {@link asyncMarbles} for what waits on promises, and RxJS `TestScheduler` for the diagrams.
 * @category testing
 */
export function marbles(test: (helpers: MarbleHelpers) => void, options: MarblesOptions = {}): () => void {
  const { until = '10s', seed = 1 } = options;
  const bound = millisecondsOf(until, 'marbles: until');
  checkTest('marbles', test);
  return () => {
    const run = new MarbleRun('marbles');
    run.inVirtualTime(bound, seed, (animate) => play(test, run, animate));
  };
}

function play(test: (helpers: MarbleHelpers) => unknown, run: MarbleRun, animate: RunHelpers['animate']): void {
  const result = test({ ...run.helpers(), animate, flush: () => run.flush() });
  if (result instanceof Promise) {
    result.catch(() => {});
    throw new TypeError('marbles: the test returned a promise, but virtual time waits for none: use asyncMarbles');
  }
  run.checkComplete();
  run.flush();
}
