import { inspect } from 'node:util';
import { kindOf } from '../data/kindOf.ts';
import type { TestRecord } from './TestRecord.ts';

/** The most characters of a value in the legend. */
const maxLength = 120;

const free = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];

/** The mark of values for which no letter is left. */
const rest = '?';

/**
 * Returns a value on one line, the same text for equal values. Never throws, also for a value with throwing getters.
 */
export function textOf(value: unknown): string {
  try {
    return inspect(value, { depth: 8, breakLength: Infinity, compact: true, sorted: true });
  } catch {
    return kindOf(value);
  }
}

/** A letter of a test, and the value that it stands for. */
export type Letter = readonly [letter: string, value: unknown];

/** The letters of a diagram: equal values share the one from the test, others get one that the test does not use. */
export class Marks {
  readonly #letters = new Map<string, string>();
  readonly #texts = new Map<string, string>();

  /** @param letters those of the test, also where its diagram does not use them */
  constructor(letters: readonly Letter[] = []) {
    for (const [mark, value] of letters) this.of({ mark, value });
  }

  of({ mark, value }: Pick<TestRecord, 'mark' | 'value'>): string {
    if (mark !== undefined && /^[|#^!]$/.test(mark)) return mark;
    const text = textOf(value);
    const letter = mark ?? this.#letters.get(text) ?? this.#free(value);
    if (letter === rest && mark === undefined) {
      this.#texts.set(rest, 'more values than there are letters');
      return rest;
    }
    if (!this.#letters.has(text)) this.#letters.set(text, letter);
    if (!this.#texts.has(letter)) this.#texts.set(letter, text);
    return letter;
  }

  /** Returns a line for each letter, unless the value is the letter itself. */
  legend(letters: ReadonlySet<string>): readonly string[] {
    return [...this.#texts]
      .filter(([letter, text]) => letters.has(letter) && text !== `'${letter}'`)
      .map(([letter, text]) => `  ${letter}  ${text.length > maxLength ? `${text.slice(0, maxLength)}…` : text}`);
  }

  /** Returns the value itself if it is one free letter, otherwise the next free letter. */
  #free(value: unknown): string {
    if (typeof value === 'string' && /^\w$/.test(value) && !this.#texts.has(value)) return value;
    return free.find((letter) => !this.#texts.has(letter)) ?? rest;
  }
}
