import type { EventLog } from '../log/EventLog.ts';
import type { Reader } from './Reader.ts';
import { sweep } from './sweep.ts';

/**
 * Reads the log for readers that the window cannot serve: once for all who want
 * the same part of it. What was read is given to each when its turn has come.
 */
export class Fetches {
  readonly #log: EventLog;
  readonly #pageSize: number;
  readonly #waiting = new Map<string, Reader[]>();

  constructor(log: EventLog, pageSize: number) {
    this.#log = log;
    this.#pageSize = pageSize;
  }

  add(reader: Reader, heard: number): void {
    const { epoch, after } = reader;
    // A read that was begun in an earlier epoch is no answer to one who was placed in a later one.
    const part = `${epoch} ${after}`;
    const waiting = this.#waiting.get(part);
    if (waiting !== undefined) {
      waiting.push(reader);
      return;
    }
    const read = this.#log.read(after, this.#pageSize);
    this.#waiting.set(part, [reader]);
    read.subscribe({
      next: (page) => {
        for (const each of this.#take(part)) {
          if (each.server === undefined || each.after !== after) continue;
          each.fetched = { page, heard };
          sweep().add(each);
        }
      },
      error: (error) => {
        for (const each of this.#take(part)) each.fail(error);
      },
    });
  }

  #take(part: string): readonly Reader[] {
    const readers = this.#waiting.get(part) ?? [];
    this.#waiting.delete(part);
    return readers;
  }
}
