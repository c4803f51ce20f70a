import type { Observable } from 'rxjs';
import { StorageError } from '../../error/StorageError.ts';
import { clock } from '../../time/clock.ts';
import { Changes } from './Changes.ts';
import { Commit } from './Commit.ts';
import { causeOf } from './causeOf.ts';
import { Expiry } from './Expiry.ts';
import { isBehind } from './isBehind.ts';
import { changesKey, type Table } from './layout.ts';
import type { QueuedWrite } from './QueuedWrite.ts';
import { Watchers } from './Watchers.ts';

/** How often the slots of dead readers are freed, in ms; each one prevents the reuse of space while it exists. */
const readerCheckEvery = 60_000;
/**
 * The most transactions that are committed or flushed at once; each occupies one of the four threads of Node's pool.
 */
const mostRunning = 2;
/** How many times, once in each turn of the loop, a commit is looked for before it is looked for once a millisecond. */
const mostLooks = 32;

/** One open LMDB environment, shared by its logs. */
export class Environment {
  readonly watchers = new Watchers(() => this.#changes());
  readonly expiry = new Expiry(this);
  readonly #path: string;
  readonly #table: Table;
  readonly #closed: () => void;
  #holders = 0;
  #writes: QueuedWrite<unknown>[] = [];
  /** True while a transaction is requested and has not started. */
  #requested = false;
  #running = 0;
  #readersChecked = clock.now();
  /** The highest count of changes that this process has seen. */
  #seen = 0;

  /** @param closed called when the last holder has released it and everything is written */
  constructor(path: string, closed: () => void, table: Table) {
    this.#path = path;
    this.#table = table;
    this.#closed = closed;
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    this.#holders--;
    this.#proceed();
  }

  /**
   * Reads in a snapshot of its own, which is released before this returns. A retained snapshot would prevent the reuse
   * of space, and another read in the same turn would not see what other processes committed meanwhile.
   */
  snapshot<T>(read: (table: Table) => T): T {
    try {
      return read(this.#table);
    } catch (error) {
      throw new StorageError(`read the log in ${this.#path}`, error);
    } finally {
      this.#table.resetReadTxn();
    }
  }

  /**
   * Returns true for a snapshot that lacks a commit which this process has seen: another process is opening the
   * environment, and has not restored the number of the newest commit yet (see `isBehind`).
   */
  isStale(table: Table): boolean {
    const { count } = new Changes(table.get(changesKey));
    if (count < this.#seen) return true;
    this.#seen = count;
    return false;
  }

  /** Accepts a snapshot although it lacks a commit that was seen: it was waited for in vain, so that the file is another one. */
  accept(table: Table): void {
    this.#seen = new Changes(table.get(changesKey)).count;
  }

  /** Writes in the next transaction, together with all writes until it starts. */
  write<T>(write: QueuedWrite<T>): Observable<T> {
    this.#writes.push(write as QueuedWrite<unknown>);
    this.#proceed();
    return write.done;
  }

  #proceed(): void {
    if (this.#writes.length > 0) return this.#transact();
    if (this.#holders > 0 || this.#running > 0) return;
    this.#closed();
    void this.#table.close();
  }

  #transact(): void {
    if (this.#requested || this.#running >= mostRunning) return;
    this.#checkReaders();
    this.#requested = true;
    this.#running++;
    let writes: readonly QueuedWrite<unknown>[] = [];
    let commit: Commit | undefined;
    let isStale = false;
    const begin = () => {
      isStale = isBehind(this.#table);
      if (isStale) throw new Error('the transaction would overwrite a commit');
      writes = this.#started();
      commit = new Commit(this.#table, writes);
      this.#pollFor(commit);
    };
    // A child transaction, because only a child can be aborted when one of the writes throws.
    this.#table.childTransaction(begin).then(
      () => {
        if (commit !== undefined) this.#visible(commit);
        commit?.flushed();
        this.#settled();
      },
      async (error: unknown) => {
        if (isStale) return this.#writeLater();
        commit?.failed();
        if (this.#requested && writes.length === 0) writes = this.#started();
        const failure = new StorageError(`write to the log in ${this.#path}`, await causeOf(error));
        for (const write of writes) write.fail(failure);
        this.#settled();
      },
    );
  }

  #started(): readonly QueuedWrite<unknown>[] {
    const writes = this.#writes;
    this.#writes = [];
    this.#requested = false;
    return writes;
  }

  /** Another process is about to open the environment again: what waits is written after that. */
  #writeLater(): void {
    setTimeout(() => {
      this.#requested = false;
      this.#settled();
    }, 1);
  }

  #settled(): void {
    this.#running--;
    this.#proceed();
  }

  /** lmdb's promise resolves only when everything is flushed; that a commit is visible has to be looked for. */
  #pollFor(commit: Commit, looks = 0): void {
    const look = () => {
      if (commit.state !== 'running') return;
      if (this.#isVisible(commit)) this.#visible(commit);
      else this.#pollFor(commit, looks + 1);
    };
    if (looks < mostLooks) setImmediate(look);
    else setTimeout(look, 1);
  }

  #isVisible(commit: Commit): boolean {
    try {
      return commit.isIn(this.#changes());
    } catch {
      // The promise has to report it then.
      return false;
    }
  }

  #visible(commit: Commit): void {
    if (commit.state !== 'running') return;
    this.#seen = Math.max(this.#seen, commit.count);
    commit.visible();
    this.watchers.committed(commit);
  }

  #changes(): Changes {
    return new Changes(this.snapshot((table) => table.get(changesKey)));
  }

  #checkReaders(): void {
    if (clock.now() - this.#readersChecked < readerCheckEvery) return;
    this.#readersChecked = clock.now();
    this.#table.readerCheck();
  }
}
