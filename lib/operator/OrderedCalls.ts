import { kindOf } from '../data/kindOf.ts';
import { Queue } from '../data/Queue.ts';
import { pageEndOf } from '../event/PageEnd.ts';
import { isPositionOnly, isReplaceable } from './EventIn.ts';
import type { SerializedObserver } from './SerializedObserver.ts';

/** How many calls share one AbortSignal: creating one costs more than all the rest of a call. */
const callsPerSignal = 32;

/** One result of the output, in the order of the input. */
interface Slot<R> {
  /** Starts the call; absent for a value that only passes. */
  readonly call: ((signal: AbortSignal) => PromiseLike<unknown>) | undefined;
  /** Makes the value that is emitted from the result of the call. */
  readonly finish: (result: unknown) => R;
  state: 'waiting' | 'running' | 'done' | 'failed';
  readonly isPassing: boolean;
  value: R | undefined;
  error: unknown;
  abort: AbortController | undefined;
}

/**
 * Runs async calls, a limited number at a time, and emits their results in the order in which the calls were added.
 *
 * @internal
 */
export class OrderedCalls<R> {
  readonly #concurrency: number;
  readonly #output: SerializedObserver<R>;
  /** The slots whose result has not been emitted, in order. */
  readonly #slots = new Queue<Slot<R>>();
  /** The slots whose call has not been started, in order. */
  readonly #waiting = new Queue<Slot<R>>();
  #running = 0;
  #isStopped = false;
  #isCompleted = false;
  #isAdvancing = false;
  #abort: AbortController | undefined;
  #calls = 0;

  constructor(concurrency: number, output: SerializedObserver<R>) {
    this.#concurrency = concurrency;
    this.#output = output;
  }

  /** How many values are held. */
  get size(): number {
    return this.#slots.length;
  }

  push(call: (signal: AbortSignal) => PromiseLike<unknown>, finish: (result: unknown) => R): void {
    const slot = slotOf(call, finish);
    this.#slots.push(slot);
    this.#waiting.push(slot);
    this.#advance();
  }

  /** Emits a value behind the results before it. A position-only value replaces one that directly precedes it. */
  pass(value: R): void {
    const { tail } = this.#slots;
    pageEndOf(value)?.hold();
    if (tail?.isPassing && isPositionOnly(value) && isReplaceable(tail.value)) {
      tail.value = value;
      return;
    }
    this.#slots.push({ ...slotOf<R>(undefined, () => value), state: 'done', value, isPassing: true });
    this.#advance();
  }

  /** Completes the output behind the last result. */
  complete(): void {
    this.#isCompleted = true;
    this.#advance();
  }

  /** Aborts all running calls and drops all values. */
  abort(): void {
    this.#isStopped = true;
    for (const { abort, isPassing, value } of this.#slots) {
      abort?.abort();
      if (isPassing) pageEndOf(value)?.release();
    }
    this.#slots.clear();
    this.#waiting.clear();
  }

  /** Emits and starts what it can. Not reentrant: a call may settle at once, and a subscriber may make the source emit. */
  #advance(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    do this.#emitDone();
    while (this.#startNext());
    this.#isAdvancing = false;
    if (this.#isCompleted && this.#slots.length === 0) this.#output.complete();
  }

  #emitDone(): void {
    for (let { head } = this.#slots; head !== undefined; head = this.#slots.head) {
      if (head.state === 'failed') return this.#output.error(head.error);
      if (head.state !== 'done') return;
      this.#slots.shift();
      if (head.isPassing) pageEndOf(head.value)?.release();
      this.#output.next(head.value as R);
    }
  }

  /** Returns whether another call was started. */
  #startNext(): boolean {
    if (this.#isStopped || this.#running >= this.#concurrency) return false;
    const slot = this.#waiting.shift();
    if (slot?.call === undefined) return false;
    this.#running++;
    slot.state = 'running';
    slot.abort = this.#nextController();
    try {
      const promise = slot.call(slot.abort.signal);
      if (typeof promise?.then !== 'function') {
        throw new TypeError(`mapAsync: project must return a promise, got ${kindOf(promise)}`);
      }
      promise.then(
        (result) => this.#onResult(slot, result),
        (error) => this.#onError(slot, error),
      );
    } catch (error) {
      this.#onError(slot, error);
    }
    return true;
  }

  #onResult(slot: Slot<R>, result: unknown): void {
    if (result === undefined) return this.#onError(slot, new TypeError(undefinedResult));
    this.#settle(slot, 'done', () => {
      slot.value = slot.finish(result);
    });
  }

  /** Starts no more calls; the results before the failed one are still emitted. */
  #onError(slot: Slot<R>, error: unknown): void {
    this.#settle(slot, 'failed', () => {
      slot.error = error;
      this.#isStopped = true;
    });
  }

  #settle(slot: Slot<R>, state: Slot<R>['state'], settle: () => void): void {
    // A thenable that is not a native promise may settle twice.
    if (slot.state !== 'running') return;
    slot.state = state;
    slot.abort = undefined;
    this.#running--;
    settle();
    this.#advance();
  }

  #nextController(): AbortController {
    const isShared = this.#calls++ % callsPerSignal > 0;
    if (this.#abort === undefined || !isShared) this.#abort = new AbortController();
    return this.#abort;
  }
}

const undefinedResult =
  'mapAsync: the promise of project must resolve to a value, got undefined; use filterEvents to leave an event out';

function slotOf<R>(call: Slot<R>['call'], finish: Slot<R>['finish']): Slot<R> {
  return {
    call,
    finish,
    state: 'waiting',
    isPassing: false,
    value: undefined,
    error: undefined,
    abort: undefined,
  };
}
