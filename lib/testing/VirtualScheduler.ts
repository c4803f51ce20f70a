import type { SchedulerAction, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { callSite, testFailure } from './testFailure.ts';
import { type VirtualTimers, virtualTimers } from './virtualTimers.ts';

/** How many remaining timers are named beside the next one. */
const mostListed = 4;

/** The most steps of a run; about a second of real time. */
const longestRun = 500_000;

type Hot<T> = ReturnType<typeof TestScheduler.prototype.createHotObservable<T>>;

/**
 * RxJS's TestScheduler with what a whole route needs: microtasks, and bounds that fail the test.
 *
 * A microtask runs between two actions, where virtual time has the end of a turn's code; RxJS has no such point, so the
 * loop of `flush` is our own.
 */
export class VirtualScheduler extends TestScheduler {
  readonly #micros: (() => void)[] = [];
  readonly #origins = new WeakMap<object, string | undefined>();
  #running = false;
  #isAside = false;
  /** The call site that scheduled the running work, and everything that it schedules. */
  #origin: string | undefined;
  #stepsOfRun = 0;
  #stepsOfMoment = 0;

  readonly #longestMoment: number;
  /** The timers of the run, for RxJS and for the process alike: timers of one moment have one order. */
  readonly timers: VirtualTimers = virtualTimers(this);

  /** @param longestMoment the most steps at one virtual moment; more is a loop in which no time passes */
  constructor(compare: ConstructorParameters<typeof TestScheduler>[0], longestMoment: number) {
    super(compare);
    this.#longestMoment = longestMoment;
    // The timers that `run` requests. RxJS's own fail where a timer is cancelled in the millisecond at which it is due.
    Object.assign(this, { createDelegates: () => this.timers });
  }

  /** Runs the work after the running code, at the same moment, before any other action. */
  micro(work: () => void): void {
    this.#micros.push(work);
  }

  override schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const action = super.schedule(work, delay, state);
    this.#origins.set(action, this.#running ? this.#origin : callSite());
    return action;
  }

  override createHotObservable<T = string>(marbles: string, values?: { [marble: string]: T }, error?: unknown): Hot<T> {
    const hot = super.createHotObservable<T>(marbles, values, error);
    this.#origins.set(hot, this.#running ? this.#origin : callSite());
    // RxJS sets hot observables up when a flush begins, which is too late for one that a running route creates.
    if (this.#running) this.#setUpHotObservables();
    return hot;
  }

  override flush(): void {
    if (this.#isAside) return;
    while (this.step());
    // Nothing is left to run for it: it returns what was expected.
    super.flush();
  }

  /** Runs the next step that is due, and its microtasks; returns `false` when nothing is due any more. */
  step(): boolean {
    this.#running = true;
    try {
      this.#setUpHotObservables();
      this.#runMicros();
      const [action] = this.actions;
      if (action === undefined || action.delay > this.maxFrames) return false;
      this.#runAction(action);
      this.#runMicros();
      return true;
    } finally {
      this.#running = false;
    }
  }

  /** Runs something as inside `run`, without running the scheduler. */
  aside<T>(work: () => T): T {
    this.#isAside = true;
    try {
      return this.run(work);
    } finally {
      this.#isAside = false;
    }
  }

  /** Describes what is left when the run has reached its bound; `undefined` when nothing is. */
  leftover(): string | undefined {
    const [next, ...others] = this.actions;
    if (next === undefined) return undefined;
    const whose = (action: typeof next) => `due at ${action.delay} ms${since(this.#origins.get(action))}`;
    const count = others.length === 0 ? '1 timer is' : `${others.length + 1} timers are`;
    const more = [...new Set(others.map(whose))].filter((line) => line !== whose(next));
    const listed = more.slice(0, mostListed).map((line) => `\n  another ${line}`);
    const rest = more.length > mostListed ? `\n  and ${more.length - mostListed} more` : '';
    return `${count} left at ${this.maxFrames} ms, the next one ${whose(next)}${listed.join('')}${rest}`;
  }

  /** Removes everything that is scheduled. */
  clear(): void {
    for (const action of [...this.actions]) action.unsubscribe();
  }

  #setUpHotObservables(): void {
    for (let hot = this.hotObservables.shift(); hot !== undefined; hot = this.hotObservables.shift()) {
      this.#origin = this.#origins.get(hot);
      hot.setup();
    }
  }

  #runAction(action: (typeof this.actions)[number]): void {
    this.actions.shift();
    if (action.delay > this.frame) this.#stepsOfMoment = 0;
    this.frame = action.delay;
    this.#origin = this.#origins.get(action);
    this.#countStep();
    const error: unknown = action.execute(action.state, action.delay);
    if (error) throw error;
  }

  #runMicros(): void {
    for (let work = this.#micros.shift(); work !== undefined; work = this.#micros.shift()) {
      this.#countStep();
      work();
    }
  }

  #countStep(): void {
    if (++this.#stepsOfMoment > this.#longestMoment) {
      const what = `more than ${this.#longestMoment} steps at ${this.frame} ms`;
      throw testFailure(`marbles: ${what}${since(this.#origin)}: something starts itself again with no delay`);
    }
    if (++this.#stepsOfRun > longestRun) {
      const what = `more than ${longestRun} steps before ${this.maxFrames} ms`;
      throw testFailure(`marbles: ${what}${since(this.#origin)}: end what repeats, or lower \`until\``);
    }
  }
}

function since(origin: string | undefined): string {
  return origin === undefined ? '' : `, which came of ${origin}`;
}
