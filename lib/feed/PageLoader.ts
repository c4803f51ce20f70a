import type { EventLog } from '../log/EventLog.ts';
import type { Reader } from './Reader.ts';
import { sweep } from './sweep.ts';

/** A part of the log, and who wants it. */
interface Part {
  readonly key: string;
  readonly after: number;
  readonly readers: Reader[];
  /** What the window had heard when it was asked for. */
  readonly heard: number;
}

/**
 * Reads the log for readers that the window cannot serve: once for all who want
 * the same part of it, and few parts at a time. What was read is given to each
 * when its turn has come.
 */
export class PageLoader {
  readonly #log: EventLog;
  readonly #pageSize: number;
  readonly #most: number;
  /** Those being read, and those that wait, first come first. */
  readonly #parts = new Map<string, Part>();
  readonly #waiting = new Set<Part>();
  #reading = 0;

  constructor(log: EventLog, pageSize: number, most: number) {
    this.#log = log;
    this.#pageSize = pageSize;
    this.#most = most;
  }

  add(reader: Reader, heard: number): void {
    const { epoch, after } = reader;
    // A read that was begun in an earlier epoch is no answer to one who was placed in a later one.
    const key = `${epoch} ${after}`;
    const known = this.#parts.get(key);
    if (known !== undefined) {
      known.readers.push(reader);
      return;
    }
    const part: Part = { key, after, readers: [reader], heard };
    this.#parts.set(key, part);
    if (this.#reading < this.#most) this.#read(part);
    else this.#waiting.add(part);
  }

  #read(part: Part): void {
    this.#reading++;
    let isOver = false;
    // Before anybody is told, and once: a log may complete or not, and an error is the end, too.
    const over = (): readonly Reader[] => {
      if (isOver) return [];
      isOver = true;
      this.#reading--;
      this.#parts.delete(part.key);
      return part.readers;
    };
    this.#log.read(part.after, this.#pageSize).subscribe({
      next: (page) => {
        for (const reader of over()) {
          if (reader.server === undefined || reader.after !== part.after) continue;
          reader.fetched = { page, heard: part.heard };
          sweep().add(reader);
        }
        this.#next();
      },
      error: (error) => {
        for (const reader of over()) reader.fail(error);
        this.#next();
      },
    });
  }

  #next(): void {
    for (const part of this.#waiting) {
      if (this.#reading >= this.#most) return;
      this.#waiting.delete(part);
      // Those who have left meanwhile need nothing read.
      if (part.readers.some(({ server }) => server !== undefined)) this.#read(part);
      else this.#parts.delete(part.key);
    }
  }
}
