import { kindOf } from '../data/kindOf.ts';
import { Queue } from '../data/Queue.ts';
import type { SerializedObserver } from './SerializedObserver.ts';

/** Calls that share one signal: to make one costs more than all the rest of a call. */
const sharers = 32;

/** A place in the order: what leaves there, when it is known. */
interface Slot<R> {
  /** Makes the call; absent for what only passes. */
  readonly call: ((signal: AbortSignal) => PromiseLike<unknown>) | undefined;
  /** Makes of the result what leaves. */
  readonly finish: (result: unknown) => R;
  state: 'waits' | 'runs' | 'done' | 'failed';
  isBare: boolean;
  value: R | undefined;
  error: unknown;
  abort: AbortController | undefined;
}

/**
 * Calls that run so many at a time, and whose results leave in order.
 *
 * @internal
 */
export class Calls<R> {
  readonly #concurrent: number;
  readonly #outlet: SerializedObserver<R>;
  /** In the order in which they came; the first has not left. */
  readonly #slots = new Queue<Slot<R>>();
  /** Those of them that have not begun. */
  readonly #idle = new Queue<Slot<R>>();
  #running = 0;
  #stopped = false;
  #ended = false;
  #moving = false;
  #abort: AbortController | undefined;
  #shared = 0;

  constructor(concurrent: number, outlet: SerializedObserver<R>) {
    this.#concurrent = concurrent;
    this.#outlet = outlet;
  }

  get held(): number {
    return this.#slots.length;
  }

  push(call: (signal: AbortSignal) => PromiseLike<unknown>, finish: (result: unknown) => R): void {
    const slot = slotOf(call, finish);
    this.#slots.push(slot);
    this.#idle.push(slot);
    this.#move();
  }

  /** Leaves as it is, behind what came before. Of several bare places in a row the last is enough. */
  pass(value: R, isBare: boolean): void {
    const { tail } = this.#slots;
    if (isBare && tail?.isBare) {
      tail.value = value;
      return;
    }
    this.#slots.push({ ...slotOf<R>(undefined, () => value), state: 'done', value, isBare });
    this.#move();
  }

  end(): void {
    this.#ended = true;
    this.#move();
  }

  /** Nobody wants the results any more. */
  abort(): void {
    this.#stopped = true;
    for (const { abort } of this.#slots) abort?.abort();
    this.#slots.clear();
    this.#idle.clear();
  }

  /** One at a time: a call may settle at once, and what leaves may make the source emit. */
  #move(): void {
    if (this.#moving) return;
    this.#moving = true;
    do this.#letGo();
    while (this.#begin());
    this.#moving = false;
    if (this.#ended && this.#slots.length === 0) this.#outlet.complete();
  }

  #letGo(): void {
    for (let { head } = this.#slots; head !== undefined; head = this.#slots.head) {
      if (head.state === 'failed') return this.#outlet.error(head.error);
      if (head.state !== 'done') return;
      this.#slots.shift();
      this.#outlet.next(head.value as R);
    }
  }

  /** Whether one more was begun. */
  #begin(): boolean {
    if (this.#stopped || this.#running >= this.#concurrent) return false;
    const slot = this.#idle.shift();
    if (slot?.call === undefined) return false;
    this.#running++;
    slot.state = 'runs';
    slot.abort = this.#controller();
    try {
      const answer = slot.call(slot.abort.signal);
      if (typeof answer?.then !== 'function') throw new TypeError(`${noPromise}, got ${kindOf(answer)}`);
      answer.then(
        (result) => this.#done(slot, result),
        (error) => this.#failed(slot, error),
      );
    } catch (error) {
      this.#failed(slot, error);
    }
    return true;
  }

  #done(slot: Slot<R>, result: unknown): void {
    if (result === undefined) return this.#failed(slot, new TypeError(nothing));
    this.#settle(slot, 'done', () => {
      slot.value = slot.finish(result);
    });
  }

  /** What comes after it is not wanted any more; what comes before it is. */
  #failed(slot: Slot<R>, error: unknown): void {
    this.#settle(slot, 'failed', () => {
      slot.error = error;
      this.#stopped = true;
    });
  }

  #settle(slot: Slot<R>, state: Slot<R>['state'], settle: () => void): void {
    // A promise that is not one of the language's own may say so twice.
    if (slot.state !== 'runs') return;
    slot.state = state;
    slot.abort = undefined;
    this.#running--;
    settle();
    this.#move();
  }

  #controller(): AbortController {
    const isShared = this.#shared++ % sharers > 0;
    if (this.#abort === undefined || !isShared) this.#abort = new AbortController();
    return this.#abort;
  }
}

const noPromise = 'mapAsync: expected a promise';

const nothing = 'mapAsync: expected a promise of an event, got one of undefined; filterEvents leaves one out';

function slotOf<R>(call: Slot<R>['call'], finish: Slot<R>['finish']): Slot<R> {
  return { call, finish, state: 'waits', isBare: false, value: undefined, error: undefined, abort: undefined };
}
