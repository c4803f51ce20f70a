import { isRight } from 'fp-ts/lib/Either.js';
import { PositionError } from '../error/PositionError.ts';
import { cursorOf, type Position, parseCursor } from '../event/cursor.ts';

/** The most feeds of a merge, and the most characters of its cursors, which a header and a URL carry. */
export const maxMergedFeeds = 32;
const maxVectorLength = 1024;

/** A position that no log can serve: its reader gets a gap. */
export const unservable: Position = { epoch: '-', sequence: 0 };

/** The text of a position in several feeds: a version, a hash of their names, and the position in each. */
export class VectorCursor {
  readonly #prefix: string;
  readonly #positions: string[];

  /** @param names of the feeds, sorted */
  constructor(names: readonly string[]) {
    this.#prefix = `2.${namesHash(names)}`;
    this.#positions = names.map(() => positionText(unservable));
  }

  /** Moves the position in one feed. */
  set(index: number, position: Position): void {
    this.#positions[index] = positionText(position);
  }

  /** @throws PositionError where it is too long for a header. */
  toString(): string {
    const text = `${this.#prefix}.${this.#positions.join('.')}`;
    if (text.length <= maxVectorLength) return text;
    throw new PositionError(
      `mergeFeeds: a cursor of ${this.#positions.length} feeds has ${text.length} characters, and may have ${maxVectorLength}; merge fewer`,
    );
  }

  /**
   * Returns the cursor in each feed of a text from outside. A cursor of other feeds is one that none of these can serve,
   * and text that is no cursor is passed on, so that each feed reports why it cannot be served.
   */
  parse(text: string | undefined): readonly (string | undefined)[] {
    const all = (cursor: string | undefined) => this.#positions.map(() => cursor);
    if (text === undefined) return all(undefined);
    if (isRight(parseCursor(text))) return all(cursorOf(unservable.epoch, 0));
    if (text.length > maxVectorLength || !/^2\.[a-z0-9]+(\.[A-Za-z0-9_-]+\.\d+)+$/.test(text)) return all('?');
    if (!text.startsWith(`${this.#prefix}.`)) return all(cursorOf(unservable.epoch, 0));
    const parts = text.slice(this.#prefix.length + 1).split('.');
    if (parts.length !== 2 * this.#positions.length) return all('?');
    const cursors = this.#positions.map((_, index) => `1.${parts[2 * index]}.${parts[2 * index + 1]}`);
    return cursors.every((cursor) => isRight(parseCursor(cursor))) ? cursors : all('?');
  }
}

function positionText({ epoch, sequence }: Position): string {
  return `${epoch}.${sequence}`;
}

/** Hashes the names with FNV-1a: it distinguishes sets of feeds that a program has had, and hides nothing. */
function namesHash(names: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const char of JSON.stringify(names)) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36);
}
