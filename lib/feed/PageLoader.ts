import { type Observer, Subscription } from 'rxjs';
import type { EventLog, LogState } from '../log/EventLog.ts';
import type { LoadedPage, Reader } from './Reader.ts';
import { readLog } from './readLog.ts';
import { sweep } from './sweep.ts';

type StateObserver = Pick<Observer<LogState>, 'next' | 'error'>;

/** One read of the log, and the readers that wait for it. */
interface Load {
  readonly key: string;
  readonly afterSequence: number;
  readonly readers: Reader[];
  /** The version of the window when the load was requested. */
  readonly version: number;
}

/**
 * Reads the log for readers that the window cannot serve: one read for all readers at the same position, also for those that
 * come there directly afterwards, and a bounded number of reads at once. Each reader gets the page when its turn comes.
 */
export class PageLoader {
  readonly #log: EventLog;
  readonly #pageSize: number;
  readonly #maxConcurrentReads: number;
  readonly #onError: (error: unknown) => void;
  /** The loads under way and those that wait, by position. */
  readonly #loads = new Map<string, Load>();
  readonly #waiting = new Set<Load>();
  /** The page that was read last, until the last reader leaves: readers that reconnect together mostly have one position. */
  #last: { readonly key: string; readonly loaded: LoadedPage } | undefined;
  #reading = 0;
  #isReadingState = false;
  readonly #stateObservers: StateObserver[] = [];
  /** The reads under way, those of the state included. */
  #reads = new Subscription();

  /** @param onError notified of each read that fails; it is repeated */
  constructor(log: EventLog, pageSize: number, maxConcurrentReads: number, onError: (error: unknown) => void) {
    this.#log = log;
    this.#pageSize = pageSize;
    this.#maxConcurrentReads = maxConcurrentReads;
    this.#onError = onError;
  }

  /**
   * Reads the state that the log has from now on. A read under way may have an older one, so that all who call meanwhile
   * share the next read.
   */
  readState(observer: StateObserver): void {
    this.#stateObservers.push(observer);
    if (!this.#isReadingState) this.#readState();
  }

  /** Cancels all reads: no reader is left that waits for a result. */
  cancel(): void {
    this.#reads.unsubscribe();
    this.#reads = new Subscription();
    this.#loads.clear();
    this.#last = undefined;
    this.#waiting.clear();
    this.#reading = 0;
    this.#stateObservers.length = 0;
    this.#isReadingState = false;
  }

  /** Reads the page after a reader's position, and enqueues the reader when it is there. */
  load(reader: Reader, version: number): void {
    const { epoch, afterSequence } = reader;
    // A read that started in an earlier epoch does not answer a reader that was positioned in a later one.
    const key = `${epoch} ${afterSequence}`;
    const last = this.#last;
    // Its entries are what they were, and where they end the reader continues in the log. An empty page may be outdated.
    if (last?.key === key && last.loaded.page.epoch === epoch && last.loaded.page.last > afterSequence) {
      reader.loaded = last.loaded;
      sweep().add(reader);
      return;
    }
    const existing = this.#loads.get(key);
    if (existing !== undefined) {
      existing.readers.push(reader);
      return;
    }
    const load: Load = { key, afterSequence, readers: [reader], version };
    this.#loads.set(key, load);
    if (this.#reading < this.#maxConcurrentReads) this.#read(load);
    else this.#waiting.add(load);
  }

  #readState(): void {
    const observers = this.#stateObservers.splice(0);
    this.#isReadingState = true;
    // Before they are notified, since they may request another read.
    const complete = (): readonly StateObserver[] => {
      this.#isReadingState = false;
      if (this.#stateObservers.length > 0) this.#readState();
      return observers.splice(0);
    };
    const subscription = readLog(this.#log, 0, 0, this.#onError).subscribe({
      next: (state) => {
        for (const observer of complete()) observer.next(state);
      },
      error: (error) => {
        for (const observer of complete()) observer.error(error);
      },
    });
    this.#reads.add(subscription);
  }

  #read(load: Load): void {
    this.#reading++;
    let isComplete = false;
    // Before any reader is notified, and once: a log may or may not complete, and an error completes as well.
    const complete = (): readonly Reader[] => {
      if (isComplete) return [];
      isComplete = true;
      this.#reading--;
      this.#loads.delete(load.key);
      return load.readers;
    };
    const page = readLog(this.#log, load.afterSequence, this.#pageSize, this.#onError);
    const subscription = page.subscribe({
      next: (page) => {
        const loaded = { page, version: load.version };
        this.#last = { key: load.key, loaded };
        for (const reader of complete()) {
          if (reader.readerSet === undefined || reader.afterSequence !== load.afterSequence) continue;
          reader.loaded = loaded;
          sweep().add(reader);
        }
        this.#startWaiting();
      },
      error: (error) => {
        for (const reader of complete()) reader.target.fail(error);
        this.#startWaiting();
      },
    });
    this.#reads.add(subscription);
  }

  #startWaiting(): void {
    for (const load of this.#waiting) {
      if (this.#reading >= this.#maxConcurrentReads) return;
      this.#waiting.delete(load);
      // No read is needed for readers that have disconnected meanwhile.
      if (load.readers.some(({ readerSet: set }) => set !== undefined)) this.#read(load);
      else this.#loads.delete(load.key);
    }
  }
}
