import {
  animationFrameScheduler,
  asapScheduler,
  asyncScheduler,
  isObservable,
  type Observable,
  queueScheduler,
} from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { type ErrorReporter, replaceErrorReporter } from '../error/reportError.ts';
import type { SseRequest } from '../sink/SseRequest.ts';
import { replaceClock } from '../time/clock.ts';
import { connectReader, type ReaderOptions, type ReaderRun, type RouteHandler } from './connectReader.ts';
import { type EventSourceOptions, EventSourceReader } from './EventSourceReader.ts';
import { Expectations, type StreamExpectation, type SubscriptionExpectation } from './Expectations.ts';
import { type ExpectFramesOptions, expectFrames, type FramesExpectation } from './expectFrames.ts';
import { replaceTimers } from './replaceTimers.ts';
import type { TestReader } from './TestReader.ts';
import { type Site, siteOf, testFailure } from './testFailure.ts';
import { VirtualScheduler } from './VirtualScheduler.ts';
import { virtualClock } from './virtualClock.ts';

/** An error that no callback of the program received. */
export interface ReportedError {
  readonly error: unknown;
  /** Where it occurred, `sse GET /` for example. */
  readonly where: string;
}

/** The helpers of every marble test; the first three are those of RxJS. */
export interface MarbleHelpersBase extends Pick<RunHelpers, 'hot' | 'cold' | 'time'> {
  expectObservable<T>(observable: Observable<T>, subscription?: string | null): StreamExpectation<T>;
  expectSubscriptions(logs: Parameters<RunHelpers['expectSubscriptions']>[0]): SubscriptionExpectation;
  /** Connects a reader to a route, through a socket that a diagram scripts. */
  reader<R extends SseRequest = SseRequest>(route: RouteHandler<R>, options?: ReaderOptions): TestReader;
  /** Connects a reader that behaves as `EventSource` does: it reconnects by itself, with its position. */
  eventSource<R extends SseRequest = SseRequest>(
    route: RouteHandler<R>,
    options?: EventSourceOptions,
  ): EventSourceReader;
  /**
   * Returns the errors that no callback received, with where each occurred: a list to which the run adds. A test that
   * calls this, at its start, checks them itself. In any other test such an error is a failure, unless it is expected: a
   * `#` in the diagram of a reader.
   */
  reportedErrors(): readonly ReportedError[];
  /** Expects the frames of a reader. */
  expectFrames(reader: TestReader | EventSourceReader, options?: ExpectFramesOptions): FramesExpectation;
}

const howToExpect =
  'an error was reported that no callback received; give the route or the feed an onError, or call reportedErrors() first and check them';

const howToEnd =
  'Leave the stream by a subscription diagram, disconnect the reader (X in its socket), or give a later `until`';

const howToWait = '. A stream that waits for a promise, as a generator does, needs asyncMarbles';

let currentMarbleRun: MarbleRun | undefined;

/** Returns the run in which the calling code is, if there is one. */
export function currentRun(): MarbleRun | undefined {
  return currentMarbleRun;
}

/** One test in virtual time: its scheduler, its readers, and its expectations. */
export class MarbleRun implements ReaderRun {
  readonly scheduler: VirtualScheduler;
  readonly #expectations = new Expectations();
  readonly #mistakes: Error[] = [];
  readonly #reported: ReportedError[] = [];
  #checksReportedErrors = false;
  #reporter: ErrorReporter | undefined;

  /** The function that created the test, for messages. */
  readonly #name: 'marbles' | 'asyncMarbles';

  constructor(name: 'marbles' | 'asyncMarbles') {
    this.#name = name;
    this.scheduler = new VirtualScheduler(this.#expectations.compare, name === 'marbles' ? 100_000 : 10_000);
  }

  readonly mistake = (message: string): void => {
    this.#mistakes.push(testFailure(message));
  };

  /** The first call of a route that Node would have ignored, or that would have ended the process. */
  get firstMistake(): Error | undefined {
    return this.#mistakes[0];
  }

  /** Returns the helpers of the test. */
  helpers(): MarbleHelpersBase {
    const { scheduler } = this;
    const helpers: MarbleHelpersBase = {
      hot: (...diagram) => this.#asInRun(() => scheduler.createHotObservable(...diagram)),
      cold: (...diagram) => this.#asInRun(() => scheduler.createColdObservable(...diagram)),
      time: (marbles) => this.#asInRun(() => scheduler.createTime(marbles)),
      expectObservable: (observable, subscription = null) =>
        this.expectObservable(observable, subscription, siteOf(helpers.expectObservable)),
      expectSubscriptions: (logs) => this.#expectSubscriptions(logs, siteOf(helpers.expectSubscriptions)),
      reportedErrors: () => {
        this.#checksReportedErrors = true;
        return this.#reported;
      },
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

  /** Adds a complete expectation with its call site. */
  expectMarbles(
    stream: Observable<unknown> | TestReader | EventSourceReader,
    site: Site,
    ...diagram: Parameters<FramesExpectation['toBe']>
  ): void {
    if (isObservable(stream)) this.expectObservable(stream, null, site).toBe(...diagram);
    else this.expectFrames(stream, {}, site).toBe(...diagram);
    this.#expectations.moveLast(site);
  }

  /** @throws the failure of the first expectation without a `toBe` */
  checkComplete(): void {
    this.#expectations.checkComplete();
  }

  /**
   * Runs everything that is due, and checks the expectations so far.
   *
   * @throws the first failure
   */
  flush(): void {
    this.scheduler.flush();
    if (this.firstMistake !== undefined) throw this.firstMistake;
    const left = this.scheduler.leftover();
    const hint = this.#name === 'marbles' ? howToEnd + howToWait : howToEnd;
    if (left !== undefined) throw testFailure(`${this.#name}: ${left}\n${hint}`);
    this.#evaluate();
  }

  #evaluate(): void {
    try {
      this.#expectations.evaluate();
    } catch (failure) {
      throw failure instanceof Error ? withReports(failure, this.#reported) : failure;
    }
    // The `#` of a reader is an error of its stream; an error of a hook or a feed has no frame that shows it.
    const isUnexpected = ({ where }: ReportedError): boolean =>
      !this.#expectations.expectsError || !/^sse /.test(where);
    const unexpected = this.#checksReportedErrors ? [] : this.#reported.filter(isUnexpected);
    if (unexpected.length > 0) throw withReports(testFailure(`${this.#name}: ${howToExpect}`), unexpected);
  }

  #expectSubscriptions(logs: Parameters<RunHelpers['expectSubscriptions']>[0], site: Site): SubscriptionExpectation {
    return this.#asInRun(() => this.#expectations.subscriptions(this.scheduler, logs, site));
  }

  /** RxJS parses this syntax only inside `TestScheduler.run`; an async test runs outside of it. */
  #asInRun<T>(work: () => T): T {
    return this.#name === 'marbles' ? work() : this.scheduler.aside(work);
  }

  /** Runs the work inside `TestScheduler.run`, up to the bound: all of its time is virtual, and is restored. */
  inVirtualTime<T>(bound: number, seed: number, work: (animate: RunHelpers['animate']) => T): T {
    this.start();
    return this.scheduler.run(({ animate }) => {
      // Set here, since `run` itself has just set it to Infinity.
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

  /** @throws Error while another run is under way: there is one in each process */
  start(): void {
    if (currentMarbleRun !== undefined) throw new Error(`${this.#name}: another run is under way; await its end first`);
    currentMarbleRun = this;
    this.#reporter = replaceErrorReporter((error, where) => this.#reported.push({ error, where }));
  }

  /** Clears the shared schedulers after a run that failed: the whole process shares them. */
  end(): void {
    currentMarbleRun = undefined;
    if (this.#reporter !== undefined) replaceErrorReporter(this.#reporter);
    this.scheduler.clear();
    for (const { actions } of [asapScheduler, animationFrameScheduler, asyncScheduler, queueScheduler]) {
      for (const action of [...actions]) action.unsubscribe();
    }
  }
}

/** Adds the stacks of reported errors to a failure, which they may explain. */
function withReports(failure: Error, reported: readonly ReportedError[]): Error {
  const texts = reported.slice(0, 5).map(({ error, where }) => {
    return `reported error in ${where}:\n${error instanceof Error ? error.stack : String(error)}`;
  });
  const more = reported.length > texts.length ? [`and ${reported.length - texts.length} more reported errors`] : [];
  if (reported.length === 0) return failure;
  const { message, stack } = failure;
  failure.message = [message, ...texts, ...more].join('\n\n');
  if (stack !== undefined) failure.stack = stack.replace(message, () => failure.message);
  return failure;
}
