import type { SchedulerAction, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { callSite } from './callSite.ts';
import { testFailure } from './testFailure.ts';
import { type VirtualTimers, virtualTimers } from './virtualTimers.ts';

/** Leftovers that are named beside the next one. */
const mostListed = 4;

/** Steps of a run; about a second of real time. */
const longestRun = 500_000;

type Hot<T> = ReturnType<typeof TestScheduler.prototype.createHotObservable<T>>;

/**
 * RxJS's TestScheduler with what a whole route needs: microtasks, and bounds
 * that are reached aloud.
 *
 * A microtask runs between two actions, which is where virtual time has the end
 * of a turn's code; RxJS has no such place, so the loop of `flush` is ours.
 */
export class VirtualScheduler extends TestScheduler {
  readonly #micros: (() => void)[] = [];
  readonly #origins = new WeakMap<object, string | undefined>();
  #running = false;
  #isAside = false;
  /** Who set up what runs now. What it schedules has the same origin. */
  #origin: string | undefined;
  #stepsOfRun = 0;
  #stepsOfMoment = 0;

  readonly #longestMoment: number;
  /** The timers of the run, for RxJS and for the process alike: those of one moment have one order. */
  readonly timers: VirtualTimers = virtualTimers(this);

  /** @param longestMoment steps at one virtual moment; more is a loop that lets no time pass. */
  constructor(compare: ConstructorParameters<typeof TestScheduler>[0], longestMoment: number) {
    super(compare);
    this.#longestMoment = longestMoment;
    // What `run` asks for. RxJS's own fail where a timer is cancelled in the millisecond at which it is due.
    Object.assign(this, { createDelegates: () => this.timers });
  }

  /** Runs the work after the code that runs now, at the same moment, before any other action. */
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
    // RxJS sets hot ones up when a flush begins; for one that is made by a running route that is too late.
    if (this.#running) this.#setUpHotObservables();
    return hot;
  }

  override flush(): void {
    if (this.#isAside) return;
    while (this.step());
    // Nothing is left to run for it: it hands out what was expected.
    super.flush();
  }

  /** Takes the next step that is due, and what it asked for as microtasks; `false` when nothing is due any more. */
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

  /** Does something as inside `run`, and runs nothing. */
  aside<T>(work: () => T): T {
    this.#isAside = true;
    try {
      return this.run(work);
    } finally {
      this.#isAside = false;
    }
  }

  /** What is left when the run has reached its bound, in words; `undefined` when nothing is. */
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

  /** Forgets all that is scheduled. */
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
