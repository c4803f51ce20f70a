import { receivedTooLarge } from '../error/LimitError.ts';
import { utf8Length } from './utf8.ts';

const pageLength = 1024;

/**
 * The data of one event with several `data:` lines, bounded in bytes.
 *
 * Lines are folded into pages, so that a million empty lines take a million bytes and not a million strings. A page is
 * counted when it is folded, and early when the lines not yet counted might exceed the bound; the rest then shrinks by
 * a third each time, so that each character is counted once and pages stay few.
 *
 * @internal
 */
export class DataLines {
  readonly #limit: number;
  #pages: string[] = [];
  #lines: string[] = [];
  /** The bytes that may still be counted; the last line has no LF, hence one more than the limit. */
  #room: number;
  /** The UTF-16 units of the lines, each with its LF. */
  #units = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#room = limit + 1;
  }

  /** @throws LimitError over the limit. */
  add(line: string): void {
    this.#lines.push(line);
    this.#units += line.length + 1;
    if (this.#units * 3 > this.#room || this.#lines.length === pageLength) this.#fold();
  }

  join(): string {
    return this.#pages.length === 0 ? this.#lines.join('\n') : [...this.#pages, ...this.#lines].join('\n');
  }

  #fold(): void {
    const page = this.#lines.join('\n');
    this.#room -= utf8Length(page) + 1;
    if (this.#room < 0) throw receivedTooLarge('frame-size', this.#limit);
    this.#pages.push(page);
    this.#lines = [];
    this.#units = 0;
  }
}
