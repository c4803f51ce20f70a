import type { EventLog } from '../log/EventLog.ts';
import { memoryLog } from '../log/memoryLog.ts';

/**
 * Opens the log of a name. In each process the same name has to be the same log.
 *
 * @category agents
 */
export type LogByName = (name: string) => EventLog;

interface RetainedLog {
  readonly log: EventLog;
  /** How often it is open. */
  uses: number;
  isDiscarded?: true;
}

/** 1 MiB, of any number of entries: as much as an answer of a model has, and no part of it. */
const memoryOfOne = (): EventLog => memoryLog({ maxEntries: Infinity, maxBytes: 1024 * 1024 });

/**
 * The logs of an adapter, each opened by its name for one use and closed after it. One in memory would end with that, so
 * that it is retained: the `maxLogs` that were opened last and have an entry or an end, and no more than twice as many with
 * those in use. One that is in use makes room only where all are.
 */
export class NamedLogs {
  readonly #open: LogByName;
  readonly #maxLogs: number;
  /** Has the logs in memory, the one that was opened last at the end. */
  readonly #retained = new Map<string, RetainedLog>();

  constructor(open: LogByName = memoryOfOne, maxLogs = 1000) {
    this.#open = open;
    this.#maxLogs = maxLogs;
  }

  /** Opens the log of a name, which `release` closes. */
  open(name: string): EventLog {
    const retained = this.#retained.get(name) ?? { log: this.#open(name), uses: 0 };
    const { log } = retained;
    if (!log.inMemory) return log;
    retained.uses++;
    this.#retained.delete(name);
    this.#retained.set(name, retained);
    // One that was opened may be empty, which takes no room: others are removed for it when it is released.
    this.#makeRoom(2 * this.#maxLogs);
    return log;
  }

  /** Closes a log that `open` has returned for this name, unless it is retained. */
  release(name: string, log: EventLog): void {
    if (!log.inMemory) return log.close();
    const retained = this.#retained.get(name);
    if (retained?.log !== log) return;
    retained.uses--;
    const state = log.readNow?.(0, 0);
    // A name of which nothing is stored, such as one that a client has invented, takes no room.
    const isEmpty = state?.tail === 0 && state.ended === false;
    if (retained.uses === 0 && (isEmpty || retained.isDiscarded)) this.#remove(name, log);
    this.#makeRoom(this.#maxLogs);
  }

  /** Removes a log in memory when it is not in use any more. Nothing opens it again. */
  discard(name: string): void {
    if (!this.#retained.has(name)) return;
    const log = this.open(name);
    (this.#retained.get(name) as RetainedLog).isDiscarded = true;
    this.release(name, log);
  }

  /** Calls a function with the log of a name, and releases the log when its promise is settled. */
  async use<T>(name: string, use: (log: EventLog) => Promise<T>): Promise<T> {
    const log = this.open(name);
    try {
      return await use(log);
    } finally {
      this.release(name, log);
    }
  }

  /** Iterates over what a function returns for the log of a name, and then releases the log. */
  async *iterate<T>(name: string, use: (log: EventLog) => AsyncIterable<T>): AsyncGenerator<T> {
    const log = this.open(name);
    try {
      yield* use(log);
    } finally {
      this.release(name, log);
    }
  }

  #makeRoom(max: number): void {
    while (this.#retained.size > max) this.#remove(...this.#oldest());
  }

  /** Returns the name and the log that was opened first, of those not in use if there are any. */
  #oldest(): [name: string, log: EventLog] {
    for (const [name, { log, uses }] of this.#retained) if (uses === 0) return [name, log];
    const [[name, { log }]] = this.#retained as unknown as [[string, RetainedLog]];
    return [name, log];
  }

  #remove(name: string, log: EventLog): void {
    this.#retained.delete(name);
    log.close();
  }
}
