import * as E from 'fp-ts/lib/Either.js';
import { AsyncSubject, type Observable } from 'rxjs';
import type { Table } from './layout.ts';

/** When a write is acknowledged: as soon as every process sees it, or when it is on the disk as well. */
export type Durability = 'visible' | 'flushed';

/**
 * One operation of the next transaction, and the caller that waits for it. A rejected operation is a `Left`, which has
 * written nothing; an exception aborts the whole transaction.
 */
export class QueuedWrite<T> {
  /** The hash of the log that it changes. */
  readonly log: Uint8Array;
  readonly durability: Durability;
  /** True where it changes nothing that a reader sees, so that `wakes` does not emit. */
  readonly isQuiet: boolean;
  readonly #work: (table: Table) => E.Either<Error, T>;
  readonly #done = new AsyncSubject<T>();
  #result: E.Either<Error, T> | undefined;

  constructor(log: Uint8Array, durability: Durability, work: (table: Table) => E.Either<Error, T>, isQuiet = false) {
    this.log = log;
    this.isQuiet = isQuiet;
    this.durability = durability;
    this.#work = work;
  }

  get done(): Observable<T> {
    return this.#done.asObservable();
  }

  /** Runs inside the transaction; returns true if readers are woken for what was written. */
  run(table: Table): boolean {
    this.#result = this.#work(table);
    return E.isRight(this.#result) && !this.isQuiet;
  }

  /** Acknowledges the write. */
  settle(): void {
    const result = this.#result;
    if (result === undefined) return;
    if (E.isLeft(result)) return this.#done.error(result.left);
    this.#done.next(result.right);
    this.#done.complete();
  }

  fail(error: Error): void {
    this.#done.error(error);
  }
}
