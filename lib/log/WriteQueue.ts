import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import { AsyncSubject, type Observable } from 'rxjs';
import type { StorageError } from '../error/StorageError.ts';
import { backoffBound, fullJitter } from '../time/backoff.ts';
import { clock } from '../time/clock.ts';

/** The most parts and the most bytes of one call, unless one operation has more: the storage does nothing else meanwhile. */
const maxCallParts = 2000;
const maxCallBytes = 1024 * 1024;
/** The most bytes that wait, while the storage does not answer. */
const maxWaitingBytes = 64 * 1024 * 1024;
/** The longest wait before a call is repeated for the first time, and the longest of all, in ms. */
const firstRetryDelay = 20;
const maxRetryDelay = 1000;

/** One write to a log. */
interface Operation<O, R> {
  readonly operation: O;
  readonly parts: number;
  readonly bytes: number;
  /** When it was added, in ms. */
  readonly since: number;
  readonly done: AsyncSubject<R>;
}

/** A storage outside this process, as a queue needs it. */
export interface WriteTarget<O, R> {
  /**
   * Carries operations out, all or none, once: however often it is called with the same number. Resolves with the result
   * of each operation, or why it was refused.
   */
  run(call: number, operations: readonly O[]): Promise<readonly Either<Error, R>[]>;
  /** Returns true if repeating a call that failed so may succeed soon. */
  isTemporary(error: unknown): boolean;
  /** Returns true if the call may have been carried out although it failed: its answer was lost. */
  isUncertain(error: unknown): boolean;
  /** Returns the error that the callers get. */
  failure(error: unknown, remedy?: string): StorageError;
}

/**
 * The writes of one log of this process to a storage outside it, in order. There is one call at a time, which takes all
 * that waits: what is written in one turn, and what is written while the storage answers. A call whose answer is lost is
 * repeated under its number, with a backoff.
 */
export class WriteQueue<O, R> {
  readonly #target: WriteTarget<O, R>;
  readonly #timeout: number;
  #waiting: Operation<O, R>[] = [];
  #waitingBytes = 0;
  #calls = 0;
  #isBusy = false;
  #onDrained: () => void = () => {};

  /** @param timeout how long a call is repeated, in ms */
  constructor(target: WriteTarget<O, R>, timeout: number) {
    this.#target = target;
    this.#timeout = timeout;
  }

  /** Adds an operation, and emits its result. */
  add(operation: O, parts: number, bytes: number): Observable<R> {
    const done = new AsyncSubject<R>();
    if (this.#waitingBytes + bytes > maxWaitingBytes && this.#waiting.length > 0) {
      const cause = new Error(`more than ${maxWaitingBytes} bytes wait for the storage already`);
      done.error(this.#target.failure(cause, 'try again when it answers'));
      return done;
    }
    this.#waiting.push({ operation, parts, bytes, since: clock.now(), done });
    this.#waitingBytes += bytes;
    if (!this.#isBusy) {
      this.#isBusy = true;
      clock.micro(() => void this.#work());
    }
    return done.asObservable();
  }

  /** Calls back when everything was written or has failed. */
  drained(onDrained: () => void): void {
    if (this.#isBusy) this.#onDrained = onDrained;
    else onDrained();
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) await this.#call(this.#next());
    this.#isBusy = false;
    this.#onDrained();
  }

  /** Takes as many operations as one call may have; at least one. */
  #next(): readonly Operation<O, R>[] {
    let parts = 0;
    let bytes = 0;
    const end = this.#waiting.findIndex((operation, index) => {
      parts += operation.parts;
      bytes += operation.bytes;
      return index > 0 && (parts > maxCallParts || bytes > maxCallBytes);
    });
    const taken = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
    for (const operation of taken) this.#waitingBytes -= operation.bytes;
    return taken;
  }

  async #call(operations: readonly Operation<O, R>[]): Promise<void> {
    const call = ++this.#calls;
    const deadline = (operations[0]?.since ?? 0) + this.#timeout;
    const target = this.#target;
    let isUncertain = false;
    for (let failures = 0; ; failures++) {
      try {
        const results = await target.run(
          call,
          operations.map(({ operation }) => operation),
        );
        return settle(operations, results);
      } catch (error) {
        isUncertain ||= target.isUncertain(error);
        const wait = fullJitter(backoffBound(failures, firstRetryDelay, maxRetryDelay));
        if (!target.isTemporary(error) || clock.now() + wait > deadline) {
          const failure = target.failure(error, isUncertain ? uncertainRemedy : undefined);
          for (const { done } of operations) done.error(failure);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }
}

const uncertainRemedy =
  'this write may have been stored or not: where that matters, give it a key and repeat it with the same key';

function settle<O, R>(operations: readonly Operation<O, R>[], results: readonly Either<Error, R>[]): void {
  for (const [index, { done }] of operations.entries()) {
    const result = results[index];
    if (result === undefined || isLeft(result)) done.error(result?.left ?? new Error('the storage gave no result'));
    else {
      done.next(result.right);
      done.complete();
    }
  }
}
