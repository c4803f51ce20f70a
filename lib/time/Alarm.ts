import { asyncScheduler, type SchedulerAction, type Subscription } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { clock } from './clock.ts';

/**
 * A deadline with one timer, which ends with its owner: it is added to the owner
 * when the first deadline is set.
 *
 * A deadline that moves to a later time leaves the timer alone; the timer checks it
 * when it runs. Rearming a timer for each value is what makes the `timeout` of RxJS
 * expensive on busy streams.
 *
 * @internal
 */
export class Alarm {
  readonly #owner: Subscription;
  readonly #onDue: () => void;
  readonly #runsLast: boolean;
  #due = Infinity;
  /** When the timer runs. */
  #timerDue = Infinity;
  #timer: SchedulerAction<void> | undefined;
  #hasYielded = false;

  /** @param runsLast whether everything else that is due at the same moment comes first, even if it was scheduled later */
  constructor(owner: Subscription, onDue: () => void, runsLast = false) {
    this.#owner = owner;
    this.#onDue = onDue;
    this.#runsLast = runsLast;
  }

  /** Replaces the deadline, a time of `clock.now()`; `Infinity` for none. */
  set(due: number): void {
    this.#due = due;
    this.#hasYielded = false;
    if (due < this.#timerDue) this.#arm();
  }

  #arm(): void {
    if (this.#owner.closed) return;
    this.#timerDue = this.#due;
    // Rounded up: Node truncates a fraction, and the timer would run too early.
    const delay = Math.min(Math.max(Math.ceil(this.#due - clock.now()), 0), maxTimerDelay);
    if (this.#timer !== undefined) {
      this.#timer.schedule(undefined, delay);
      return;
    }
    this.#timer = asyncScheduler.schedule(this.#run, delay) as SchedulerAction<void>;
    this.#owner.add(this.#timer);
  }

  readonly #run = (): void => {
    this.#timerDue = Infinity;
    if (this.#due > clock.now()) {
      if (this.#due !== Infinity) this.#arm();
      return;
    }
    if (this.#runsLast && !this.#hasYielded) {
      this.#hasYielded = true;
      return this.#arm();
    }
    this.#hasYielded = false;
    this.#due = Infinity;
    this.#onDue();
  };
}
