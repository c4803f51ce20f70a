import { asyncScheduler, type SchedulerAction, Subscription } from 'rxjs';
import { clock } from '../clock.ts';

/** What a timer can hold; Node turns more into 1 ms. @internal */
export const longestWait = 2 ** 31 - 1;

/**
 * One timer that rings when something is due, and is added to a subscriber once.
 *
 * To be due later leaves the timer alone: it looks again when it runs. Re-arming
 * it for each value is what makes RxJS's own `timeout` dear on busy streams.
 *
 * @internal
 */
export class Alarm extends Subscription {
  readonly #ring: () => void;
  #due = Infinity;
  /** When the timer runs. */
  #runs = Infinity;
  #timer: SchedulerAction<void> | undefined;

  constructor(ring: () => void) {
    super();
    this.#ring = ring;
  }

  /** Rings then, and not when it was due before; `Infinity` for not at all. */
  set(due: number): void {
    this.#due = due;
    if (due < this.#runs) this.#arm();
  }

  #arm(): void {
    if (this.closed) return;
    this.#runs = this.#due;
    // Node cuts fractions off and would run it too early.
    const wait = Math.min(Math.max(Math.ceil(this.#due - clock.now()), 0), longestWait);
    if (this.#timer !== undefined) {
      this.#timer.schedule(undefined, wait);
      return;
    }
    this.#timer = asyncScheduler.schedule(this.#run, wait) as SchedulerAction<void>;
    this.add(this.#timer);
  }

  readonly #run = (): void => {
    this.#runs = Infinity;
    if (this.#due > clock.now()) {
      if (this.#due !== Infinity) this.#arm();
      return;
    }
    this.#due = Infinity;
    this.#ring();
  };
}
