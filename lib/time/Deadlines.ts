import { asyncScheduler, type SchedulerAction, type Subscription } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { LinkedList, type LinkedListNode } from '../data/LinkedList.ts';
import { clock, perClock } from './clock.ts';

/** Members served in one turn of the loop; at some 15 µs a write a turn stays near a millisecond. */
const slice = 64;

/** What is done when a time since something has passed, the same for all who wait so long. */
export interface Deadline<T> {
  /** When a member began to wait, on the clock that never jumps. It only moves on. */
  since(member: T): number;
  /** The time is up. The member has left, or moved on, when this returns. */
  due(member: T): void;
}

/**
 * One timer for any number of members that wait equally long.
 *
 * Whoever began to wait first is due first, so a line in the order in which they
 * began is already sorted, and to begin anew is to move to its end. A member is a
 * link of the line itself, so that neither costs anything of its own.
 */
export class Deadlines<T extends LinkedListNode> {
  readonly #wait: number;
  readonly #deadline: Deadline<T>;
  readonly #members = new LinkedList<T>();
  #timer: Subscription | undefined;

  constructor(wait: number, deadline: Deadline<T>) {
    this.#wait = wait;
    this.#deadline = deadline;
  }

  /** Begins to wait, or begins anew. A member waits for one thing at a time. */
  add(member: T): void {
    this.#members.push(member);
    if (this.#timer === undefined) this.#arm(this.#deadline.since(member) + this.#wait);
  }

  /** Begins anew, if it waits. */
  move(member: T): void {
    if (member.isIn) this.#members.push(member);
  }

  /** Of those that wait here. */
  remove(member: T): void {
    member.leave();
    if (!this.#members.isEmpty) return;
    this.#timer?.unsubscribe();
    this.#timer = undefined;
  }

  #arm(due: number): void {
    const deadlines = this;
    function check(this: SchedulerAction<void>): void {
      const next = deadlines.#sweep();
      if (next === undefined) deadlines.#timer = undefined;
      else this.schedule(undefined, left(next));
    }
    this.#timer = asyncScheduler.schedule(check, left(due));
  }

  /** Serves those who are due; tells when the next one is, whom the timer is for. */
  #sweep(): number | undefined {
    const now = clock.now();
    for (let served = 0; served < slice; served++) {
      const member = this.#members.first;
      if (member === undefined) return undefined;
      const due = this.#deadline.since(member) + this.#wait;
      if (due > now) return due;
      this.#deadline.due(member);
    }
    // The rest goes on in a turn of its own, after what else the loop has to do.
    clock.turn(this.#goOn);
    return undefined;
  }

  readonly #goOn = (): void => {
    // Whoever has come meanwhile may have armed it.
    if (this.#timer !== undefined) return;
    const next = this.#sweep();
    if (next !== undefined) this.#arm(next);
  };
}

function left(due: number): number {
  return Math.min(Math.max(Math.ceil(due - clock.now()), 0), maxTimerDelay);
}

/** The deadlines of one kind by their wait in ms, shared by all who wait equally long; none for `Infinity`. */
export function deadlinesOf<T extends LinkedListNode>(
  deadline: Deadline<T>,
): (wait: number) => Deadlines<T> | undefined {
  const byWait = perClock(() => new Map<number, Deadlines<T>>());
  return (wait) => {
    if (wait === Infinity) return undefined;
    const known = byWait().get(wait);
    if (known !== undefined) return known;
    const made = new Deadlines(wait, deadline);
    byWait().set(wait, made);
    return made;
  };
}
