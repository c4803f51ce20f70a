import { inspect } from 'node:util';
import type { Happening } from './Happening.ts';

/** Longest value in the legend. */
const longest = 120;

/** A value on one line, the same text for equal values. */
export function textOf(value: unknown): string {
  return inspect(value, { depth: 8, breakLength: Infinity, compact: true, sorted: true });
}

/** Letters of a diagram: equal values share the one that the test gave, others get a free one. */
export class Marks {
  readonly #letters = new Map<string, string>();
  readonly #texts = new Map<string, string>();

  of({ mark, value }: Pick<Happening, 'mark' | 'value'>): string {
    if (mark !== undefined && /^[|#^!]$/.test(mark)) return mark;
    const text = textOf(value);
    const letter = mark ?? this.#letters.get(text) ?? this.#free(value);
    if (!this.#letters.has(text)) this.#letters.set(text, letter);
    if (!this.#texts.has(letter)) this.#texts.set(letter, text);
    return letter;
  }

  /** A line for each letter, unless the value is the letter itself. */
  legend(letters: ReadonlySet<string>): readonly string[] {
    return [...this.#texts]
      .filter(([letter, text]) => letters.has(letter) && text !== `'${letter}'`)
      .map(([letter, text]) => `  ${letter}  ${text.length > longest ? `${text.slice(0, longest)}…` : text}`);
  }

  /** A letter stands for itself, where nothing else has it. */
  #free(value: unknown): string {
    if (typeof value === 'string' && /^\w$/.test(value) && !this.#texts.has(value)) return value;
    return [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].find((letter) => !this.#texts.has(letter)) ?? '?';
  }
}
