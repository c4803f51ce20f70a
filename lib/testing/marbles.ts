import type { RunHelpers } from 'rxjs/testing';
import { checkOptions } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import { type MarbleHelpersBase, MarbleRun } from './MarbleRun.ts';
import { type MarbleTime, millisecondsOf } from './MarbleTime.ts';

/** The helpers of a marble test. @category testing */
export interface MarbleHelpers extends MarbleHelpersBase, Pick<RunHelpers, 'animate'> {
  /**
   * Runs everything that is due, to `until` at most, and checks the expectations so far; afterwards readers can be
   * inspected.
   */
  flush(): void;
}

/** The bounds and the random seed of one run. @category testing */
export interface MarblesOptions {
  /** The end of the run. A timer that is still scheduled then is a leak and fails the test. @default '10s' */
  readonly until?: MarbleTime;
  /** The random seed: the same seed gives the same epochs and jitter. @default 1 */
  readonly seed?: number;
}

/**
 * Creates a test that runs in virtual time: timers, heartbeats, sockets and whole routes, without waiting.
 *
 * RxJS's timers and the `setTimeout`, `setInterval` and `Date` of the process are virtual: time starts at 0.
 * `setImmediate`, `performance.now` and imports from `node:timers` stay real.
 *
 * The diagrams are those of RxJS's `TestScheduler.run`. In addition a run is bounded: it never hangs, and a timer that
 * is left when it has ended fails the test. So does an expectation without its `toBe`.
 *
 * @example Test a stream and its heartbeat
 * it('sends a heartbeat after silence', marbles(({ hot, reader, expectFrames }) => {
 *   const words = hot('  5ms a');
 *   const r = reader(sse({ heartbeat: 10 }, words), { socket: '20ms X' });
 *   expectFrames(r).toBe('5ms a 9ms h', { a: 'a', h: comment() });
 * }));
 *
 * @throws TypeError at once when `until` is not a time, or the test not a function.
 * @see {@link asyncMarbles} for streams that wait for promises, and RxJS `TestScheduler` for the diagrams.
 * @category testing
 */
export function marbles(test: (helpers: MarbleHelpers) => void, options: MarblesOptions = {}): () => void {
  checkOptions('marbles', options, { until: '', seed: 'number' });
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
    throw new TypeError('marbles: the test returned a promise, which virtual time does not wait for; use asyncMarbles');
  }
  run.checkComplete();
  run.flush();
}

/** Checks that a test can be run. @throws TypeError for a promise, for example, which has started already. */
export function checkTest(where: string, test: unknown): void {
  if (typeof test !== 'function') throw new TypeError(`${where}: expected a test function, got ${kindOf(test)}`);
}
