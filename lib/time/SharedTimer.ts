import { asyncScheduler, type SchedulerAction, type Subscription } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { LinkedList, type LinkedListNode } from '../data/LinkedList.ts';
import { clock, perClock } from './clock.ts';

/** How many members are served in one turn of the loop; at about 15 µs a write, a turn stays near a millisecond. */
const slice = 64;

/** Measures the delay of a member and acts when it has passed, the same for all members of a timer. */
interface SharedTimerOptions<T> {
  /**
   * How much earlier a member may be served together with one that is due, as a fraction of the delay: fewer turns of
   * the loop serve the same members. @default 0
   */
  readonly early?: number;
  /** Returns when the delay of a member started, on the monotonic clock. It never goes back. */
  since(member: T): number;
  /** Called when the delay has passed. The member has been removed, or has restarted, when this returns. */
  due(member: T): void;
}

/**
 * One timer for any number of members that wait equally long.
 *
 * The member that started first is due first, so a list in the order of the starts is sorted already, and to restart
 * a member is to move it to the end. The members are the nodes of the list, so that neither allocates anything.
 */
export class SharedTimer<T extends LinkedListNode> {
  readonly #delay: number;
  readonly #early: number;
  readonly #options: SharedTimerOptions<T>;
  readonly #members = new LinkedList<T>();
  #timer: Subscription | undefined;

  constructor(delay: number, options: SharedTimerOptions<T>) {
    this.#delay = delay;
    this.#early = delay * (options.early ?? 0);
    this.#options = options;
  }

  /** Adds a member whose delay has just started, or restarted. A member waits for one timer at a time. */
  add(member: T): void {
    this.#members.push(member);
    if (this.#timer === undefined) this.#arm(this.#options.since(member) + this.#delay);
  }

  /** Restarts the delay of a member that waits. */
  restart(member: T): void {
    if (member.isLinked) this.#members.push(member);
  }

  /** Removes a member of this timer. */
  remove(member: T): void {
    member.unlink();
    if (!this.#members.isEmpty) return;
    this.#timer?.unsubscribe();
    this.#timer = undefined;
  }

  #arm(due: number): void {
    const timer = this;
    function check(this: SchedulerAction<void>): void {
      const next = timer.#serve();
      if (next === undefined) timer.#timer = undefined;
      else this.schedule(undefined, delayUntil(next));
    }
    this.#timer = asyncScheduler.schedule(check, delayUntil(due));
  }

  /** Serves a slice of the members that are due. Returns when the next one is due; `undefined` if no timer is needed. */
  #serve(): number | undefined {
    const now = clock.now();
    let limit = now;
    for (let served = 0; served < slice; served++) {
      const member = this.#members.first;
      if (member === undefined) return undefined;
      const due = this.#options.since(member) + this.#delay;
      if (due > limit) return due;
      limit = now + this.#early;
      this.#options.due(member);
    }
    // The rest follows in another turn, after everything else that the loop has to do.
    clock.turn(this.#continue);
    return undefined;
  }

  readonly #continue = (): void => {
    // A member that was added meanwhile may have armed the timer.
    if (this.#timer !== undefined) return;
    const next = this.#serve();
    if (next !== undefined) this.#arm(next);
  };
}

function delayUntil(due: number): number {
  return Math.min(Math.max(Math.ceil(due - clock.now()), 0), maxTimerDelay);
}

/** Returns the timers of one kind by their delay in ms, each shared by all members; none for `Infinity`. */
export function sharedTimers<T extends LinkedListNode>(
  options: SharedTimerOptions<T>,
): (delay: number) => SharedTimer<T> | undefined {
  const byDelay = perClock(() => new Map<number, SharedTimer<T>>());
  return (delay) => {
    if (delay === Infinity) return undefined;
    const existing = byDelay().get(delay);
    if (existing !== undefined) return existing;
    const created = new SharedTimer(delay, options);
    byDelay().set(delay, created);
    return created;
  };
}
