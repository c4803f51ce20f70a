import * as E from 'fp-ts/lib/Either.js';
import { AsyncSubject, type Observable } from 'rxjs';
import type { Table } from './layout.ts';

/** When a write is acknowledged: as soon as every process sees it, or when it is on the disk too. */
export type Durability = 'visible' | 'flushed';

/**
 * One thing to be written in the next transaction, and whoever waits for it.
 * Refused is a `Left`, which has written nothing; an exception takes the whole
 * transaction back.
 */
export class Write<T> {
  /** The hash of the log that it changes. */
  readonly log: Uint8Array;
  readonly durability: Durability;
  readonly #work: (table: Table) => E.Either<Error, T>;
  readonly #done = new AsyncSubject<T>();
  #result: E.Either<Error, T> | undefined;

  constructor(log: Uint8Array, durability: Durability, work: (table: Table) => E.Either<Error, T>) {
    this.log = log;
    this.durability = durability;
    this.#work = work;
  }

  get done(): Observable<T> {
    return this.#done.asObservable();
  }

  /** Inside the transaction; says whether something was written. */
  run(table: Table): boolean {
    this.#result = this.#work(table);
    return E.isRight(this.#result);
  }

  /** What was written is there to stay. */
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
