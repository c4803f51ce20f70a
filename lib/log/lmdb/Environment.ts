import type { Observable } from 'rxjs';
import { StorageError } from '../../error/StorageError.ts';
import { clock } from '../../time/clock.ts';
import { Changes } from './Changes.ts';
import { Commit } from './Commit.ts';
import { causeOf } from './causeOf.ts';
import { changesKey, type Table } from './layout.ts';
import { openTable } from './openTable.ts';
import { Watchers } from './Watchers.ts';
import type { Write } from './Write.ts';

/** How often the places of readers that died are freed, in ms; each holds back space for as long as it is there. */
const readerCheckEvery = 60_000;
/** Transactions that are being committed or flushed at once; each one occupies a thread of the four that Node has. */
const mostRunning = 2;
/** Looks, a turn of the loop each, after which a commit is slow and is looked for every millisecond. */
const mostLooks = 32;

/** One open LMDB environment: what the logs in it share. */
export class Environment {
  readonly watchers = new Watchers(() => this.#changes());
  readonly #path: string;
  readonly #table: Table;
  readonly #closed: () => void;
  #holders = 0;
  #writes: Write<unknown>[] = [];
  /** A transaction is asked for and has not begun. */
  #asked = false;
  #running = 0;
  #readersChecked = clock.now();

  /** @param closed told when the last holder has let go of it and all that was to be written is written. */
  constructor(path: string, closed: () => void, table: Table = openTable(path)) {
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
   * Reads in a snapshot of its own, which is let go before this returns. Kept, it would hold back space, and
   * another read in the same turn would not see what other processes committed in between.
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

  /** Writes in the next transaction, with all else that comes until it begins. */
  write<T>(write: Write<T>): Observable<T> {
    this.#writes.push(write as Write<unknown>);
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
    if (this.#asked || this.#running >= mostRunning) return;
    this.#checkReaders();
    this.#asked = true;
    this.#running++;
    let writes: readonly Write<unknown>[] = [];
    let commit: Commit | undefined;
    const begin = () => {
      writes = this.#begun();
      commit = new Commit(this.#table, writes);
      this.#lookFor(commit);
    };
    // A child, because it alone can be taken back when one of the writes throws.
    this.#table.childTransaction(begin).then(
      () => {
        if (commit !== undefined) this.#visible(commit);
        commit?.flushed();
        this.#over();
      },
      async (error: unknown) => {
        commit?.failed();
        if (this.#asked && writes.length === 0) writes = this.#begun();
        const failure = new StorageError(`write to the log in ${this.#path}`, await causeOf(error));
        for (const write of writes) write.fail(failure);
        this.#over();
      },
    );
  }

  #begun(): readonly Write<unknown>[] {
    const writes = this.#writes;
    this.#writes = [];
    this.#asked = false;
    return writes;
  }

  #over(): void {
    this.#running--;
    this.#proceed();
  }

  /** The promise of lmdb is kept only when all is flushed; that it is visible has to be looked for. */
  #lookFor(commit: Commit, looks = 0): void {
    const look = () => {
      if (commit.state !== 'running') return;
      if (this.#shows(commit)) this.#visible(commit);
      else this.#lookFor(commit, looks + 1);
    };
    if (looks < mostLooks) setImmediate(look);
    else setTimeout(look, 1);
  }

  #shows(commit: Commit): boolean {
    try {
      return commit.isIn(this.#changes());
    } catch {
      // Then the promise has to say it.
      return false;
    }
  }

  #visible(commit: Commit): void {
    if (commit.state !== 'running') return;
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
