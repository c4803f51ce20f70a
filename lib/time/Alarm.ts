import { asyncScheduler, type SchedulerAction, type Subscription } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { clock } from './clock.ts';

/**
 * One timer that rings when something is due, and is gone with its owner: added to
 * it once, when something is due for the first time.
 *
 * To be due later leaves the timer alone: it looks again when it runs. Re-arming
 * it for each value is what makes RxJS's own `timeout` dear on busy streams.
 *
 * @internal
 */
export class Alarm {
  readonly #owner: Subscription;
  readonly #ring: () => void;
  readonly #givesWay: boolean;
  #due = Infinity;
  /** When the timer runs. */
  #runs = Infinity;
  #timer: SchedulerAction<void> | undefined;
  #gaveWay = false;

  /** @param givesWay lets all else that is due at the same moment go first, also what was set after it. */
  constructor(owner: Subscription, ring: () => void, givesWay = false) {
    this.#owner = owner;
    this.#ring = ring;
    this.#givesWay = givesWay;
  }

  /** Rings then, and not when it was due before; `Infinity` for not at all. */
  set(due: number): void {
    this.#due = due;
    this.#gaveWay = false;
    if (due < this.#runs) this.#arm();
  }

  #arm(): void {
    if (this.#owner.closed) return;
    this.#runs = this.#due;
    // Node cuts fractions off and would run it too early.
    const wait = Math.min(Math.max(Math.ceil(this.#due - clock.now()), 0), maxTimerDelay);
    if (this.#timer !== undefined) {
      this.#timer.schedule(undefined, wait);
      return;
    }
    this.#timer = asyncScheduler.schedule(this.#run, wait) as SchedulerAction<void>;
    this.#owner.add(this.#timer);
  }

  readonly #run = (): void => {
    this.#runs = Infinity;
    if (this.#due > clock.now()) {
      if (this.#due !== Infinity) this.#arm();
      return;
    }
    if (this.#givesWay && !this.#gaveWay) {
      this.#gaveWay = true;
      return this.#arm();
    }
    this.#gaveWay = false;
    this.#due = Infinity;
    this.#ring();
  };
}
