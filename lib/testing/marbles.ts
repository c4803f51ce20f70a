import { animationFrameScheduler, asapScheduler, asyncScheduler, type Observable, queueScheduler } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { replaceClock } from '../clock.ts';
import type { SseRequest } from '../sink/exchange.ts';
import { connectReader, type ReaderOptions, type RouteHandler, type Run } from './connectReader.ts';
import { type EventSourceOptions, EventSourceReader } from './EventSourceReader.ts';
import { Expectations, type StreamExpectation, type SubscriptionExpectation } from './Expectations.ts';
import { type ExpectFramesOptions, expectFrames, type FramesExpectation } from './expectFrames.ts';
import { type MarbleTime, millisecondsOf } from './marbleTime.ts';
import type { Reader } from './Reader.ts';
import { siteOf, testFailure } from './testFailure.ts';
import { VirtualScheduler } from './VirtualScheduler.ts';
import { virtualClock } from './virtualClock.ts';

/** What a marble test works with; the first five are RxJS's own. @category testing */
export interface MarbleHelpers extends Pick<RunHelpers, 'hot' | 'cold' | 'time' | 'animate'> {
  expectObservable<T>(observable: Observable<T>, subscription?: string | null): StreamExpectation<T>;
  expectSubscriptions(logs: Parameters<RunHelpers['expectSubscriptions']>[0]): SubscriptionExpectation;
  /** Connects a reader to what `sse` returns, through a socket that a diagram scripts. */
  reader<R extends SseRequest = SseRequest>(route: RouteHandler<R>, options?: ReaderOptions): Reader;
  /** Connects a reader that behaves as `EventSource` does: it comes back by itself, from where it was. */
  eventSource<R extends SseRequest = SseRequest>(
    route: RouteHandler<R>,
    options?: EventSourceOptions,
  ): EventSourceReader;
  /** Expects what a reader gets. */
  expectFrames(reader: Reader | EventSourceReader, options?: ExpectFramesOptions): FramesExpectation;
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
 * @throws TypeError at once when `until` is no time.
 * @see RxJS `TestScheduler` for the diagrams.
 * @category testing
 */
export function marbles(test: (helpers: MarbleHelpers) => void, options: MarblesOptions = {}): () => void {
  const { until = '10s', seed = 1 } = options;
  const bound = millisecondsOf(until, 'marbles: until');
  return () => {
    const expectations = new Expectations();
    const scheduler = new VirtualScheduler(expectations.compare);
    scheduler.run((helpers) => {
      // Only here: `run` itself has just set it to Infinity.
      scheduler.maxFrames = bound;
      replaceClock(virtualClock(scheduler, seed));
      try {
        play(test, scheduler, expectations, helpers);
      } finally {
        replaceClock(undefined);
        clear(scheduler);
      }
    });
  };
}

function play(
  test: (helpers: MarbleHelpers) => unknown,
  scheduler: VirtualScheduler,
  expectations: Expectations,
  { hot, cold, time, animate }: RunHelpers,
): void {
  const mistakes: Error[] = [];
  const flush = () => {
    scheduler.flush();
    const [mistake] = mistakes;
    if (mistake !== undefined) throw mistake;
    const left = scheduler.leftover();
    if (left !== undefined) throw testFailure(`marbles: ${left}\n${howToEnd}`);
    expectations.judge();
  };
  const run: Run = { scheduler, mistake: (message) => mistakes.push(testFailure(message)) };
  const helpers: MarbleHelpers = {
    hot,
    cold,
    time,
    animate,
    flush,
    expectObservable: (observable, subscription = null) =>
      expectations.observable(scheduler, observable, subscription, siteOf(helpers.expectObservable)),
    expectSubscriptions: (logs) => expectations.subscriptions(scheduler, logs, siteOf(helpers.expectSubscriptions)),
    reader: (route, readerOptions = {}) => connectReader(run, route, readerOptions),
    eventSource: (route, sourceOptions = {}) =>
      new EventSourceReader(run, route as RouteHandler<SseRequest>, sourceOptions),
    expectFrames: (reader, frameOptions = {}) =>
      expectFrames(expectations.add('expectFrames', siteOf(helpers.expectFrames)), reader, frameOptions),
  };
  const result = test(helpers);
  if (result instanceof Promise) {
    result.catch(() => {});
    throw new TypeError('marbles: the test returned a promise, but virtual time waits for none: make it synchronous');
  }
  expectations.checkComplete();
  flush();
}

const howToEnd =
  'Leave the stream by a subscription diagram, let the reader go (X in its socket), or give a later `until`';

/** A run that failed leaves nothing to the next: these schedulers are shared by the whole process. */
function clear(scheduler: VirtualScheduler): void {
  scheduler.clear();
  for (const { actions } of [asapScheduler, animationFrameScheduler, asyncScheduler, queueScheduler]) {
    for (const action of [...actions]) action.unsubscribe();
  }
}
