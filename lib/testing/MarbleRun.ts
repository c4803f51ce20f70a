import {
  animationFrameScheduler,
  asapScheduler,
  asyncScheduler,
  isObservable,
  type Observable,
  queueScheduler,
} from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import type { SseRequest } from '../sink/SseRequest.ts';
import { replaceClock } from '../time/clock.ts';
import { connectReader, type ReaderOptions, type RouteHandler, type Run } from './connectReader.ts';
import { type EventSourceOptions, EventSourceReader } from './EventSourceReader.ts';
import { Expectations, type StreamExpectation, type SubscriptionExpectation } from './Expectations.ts';
import { type ExpectFramesOptions, expectFrames, type FramesExpectation } from './expectFrames.ts';
import { replaceTimers } from './replaceTimers.ts';
import type { TestReader } from './TestReader.ts';
import { type Site, siteOf, testFailure } from './testFailure.ts';
import { VirtualScheduler } from './VirtualScheduler.ts';
import { virtualClock } from './virtualClock.ts';

/** What every marble test works with; the first three are RxJS's own. @category testing */
export interface MarbleHelpersBase extends Pick<RunHelpers, 'hot' | 'cold' | 'time'> {
  expectObservable<T>(observable: Observable<T>, subscription?: string | null): StreamExpectation<T>;
  expectSubscriptions(logs: Parameters<RunHelpers['expectSubscriptions']>[0]): SubscriptionExpectation;
  /** Connects a reader to what `sse` returns, through a socket that a diagram scripts. */
  reader<R extends SseRequest = SseRequest>(route: RouteHandler<R>, options?: ReaderOptions): TestReader;
  /** Connects a reader that behaves as `EventSource` does: it comes back by itself, from where it was. */
  eventSource<R extends SseRequest = SseRequest>(
    route: RouteHandler<R>,
    options?: EventSourceOptions,
  ): EventSourceReader;
  /** Expects what a reader gets. */
  expectFrames(reader: TestReader | EventSourceReader, options?: ExpectFramesOptions): FramesExpectation;
}

const howToEnd =
  'Leave the stream by a subscription diagram, let the reader go (X in its socket), or give a later `until`';

let underWay: MarbleRun | undefined;

/** The run in which the calling code is, if it is in one. */
export function currentRun(): MarbleRun | undefined {
  return underWay;
}

/** One test in virtual time: its scheduler, its readers, and what it expects. */
export class MarbleRun implements Run {
  readonly scheduler: VirtualScheduler;
  readonly #expectations = new Expectations();
  readonly #mistakes: Error[] = [];

  /** The function that made the test, for messages. */
  readonly #name: 'marbles' | 'asyncMarbles';

  constructor(name: 'marbles' | 'asyncMarbles') {
    this.#name = name;
    this.scheduler = new VirtualScheduler(this.#expectations.compare, name === 'marbles' ? 100_000 : 10_000);
  }

  readonly mistake = (message: string): void => {
    this.#mistakes.push(testFailure(message));
  };

  /** What a route did that Node would have ignored, or that would have ended the process. */
  get firstMistake(): Error | undefined {
    return this.#mistakes[0];
  }

  /** What the test is given. */
  helpers(): MarbleHelpersBase {
    const { scheduler } = this;
    const helpers: MarbleHelpersBase = {
      hot: (...diagram) => this.#asInRun(() => scheduler.createHotObservable(...diagram)),
      cold: (...diagram) => this.#asInRun(() => scheduler.createColdObservable(...diagram)),
      time: (marbles) => this.#asInRun(() => scheduler.createTime(marbles)),
      expectObservable: (observable, subscription = null) =>
        this.expectObservable(observable, subscription, siteOf(helpers.expectObservable)),
      expectSubscriptions: (logs) => this.#expectSubscriptions(logs, siteOf(helpers.expectSubscriptions)),
      reader: (route, options = {}) => connectReader(this, route, options),
      eventSource: (route, options = {}) => new EventSourceReader(this, route as RouteHandler<SseRequest>, options),
      expectFrames: (reader, options = {}) => this.expectFrames(reader, options, siteOf(helpers.expectFrames)),
    };
    return helpers;
  }

  expectObservable<T>(observable: Observable<T>, subscription: string | null, site: Site): StreamExpectation<T> {
    return this.#asInRun(() => this.#expectations.observable(this.scheduler, observable, subscription, site));
  }

  expectFrames(reader: TestReader | EventSourceReader, options: ExpectFramesOptions, site: Site): FramesExpectation {
    return expectFrames(this.#expectations.add('expectFrames', site), reader, options);
  }

  /** An expectation that is whole at once, and stands at the site. */
  expectMarbles(
    stream: Observable<unknown> | TestReader | EventSourceReader,
    site: Site,
    ...diagram: Parameters<FramesExpectation['toBe']>
  ): void {
    if (isObservable(stream)) this.expectObservable(stream, null, site).toBe(...diagram);
    else this.expectFrames(stream, {}, site).toBe(...diagram);
    this.#expectations.moveLast(site);
  }

  /** @throws the failure of the first expectation that expects nothing. */
  checkComplete(): void {
    this.#expectations.checkComplete();
  }

  /**
   * Runs all that is due, and looks at what was expected so far.
   *
   * @throws the first thing that is wrong.
   */
  flush(): void {
    this.scheduler.flush();
    if (this.firstMistake !== undefined) throw this.firstMistake;
    const left = this.scheduler.leftover();
    if (left !== undefined) throw testFailure(`${this.#name}: ${left}\n${howToEnd}`);
    this.#expectations.judge();
  }

  #expectSubscriptions(logs: Parameters<RunHelpers['expectSubscriptions']>[0], site: Site): SubscriptionExpectation {
    return this.#asInRun(() => this.#expectations.subscriptions(this.scheduler, logs, site));
  }

  /** RxJS reads diagrams as those of `run` only inside of it, where an async test is not. */
  #asInRun<T>(work: () => T): T {
    return this.#name === 'marbles' ? work() : this.scheduler.aside(work);
  }

  /** Does the work inside of `TestScheduler.run`, to the bound at most: all of its time is virtual, and all comes back. */
  inVirtualTime<T>(bound: number, seed: number, work: (animate: RunHelpers['animate']) => T): T {
    this.begin();
    return this.scheduler.run(({ animate }) => {
      // Only here: `run` itself has just set it to Infinity.
      this.scheduler.maxFrames = bound;
      const restoreTimers = replaceTimers(this.scheduler);
      replaceClock(virtualClock(this.scheduler, seed));
      try {
        return work(animate);
      } finally {
        replaceClock(undefined);
        this.end();
        restoreTimers();
      }
    });
  }

  /** @throws Error while another is under way: what they share is there once in a process. */
  begin(): void {
    if (underWay !== undefined) throw new Error(`${this.#name}: another run is under way: let it end first`);
    underWay = this;
  }

  /** A run that failed leaves nothing to the next: these schedulers are shared by the whole process. */
  end(): void {
    underWay = undefined;
    this.scheduler.clear();
    for (const { actions } of [asapScheduler, animationFrameScheduler, asyncScheduler, queueScheduler]) {
      for (const action of [...actions]) action.unsubscribe();
    }
  }
}
