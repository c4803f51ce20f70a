import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FuzzTarget } from './fuzz.ts';

/** Returns the file of the stored inputs of a parser: one a line, as JSON, each byte as one character. */
export function corpusFile({ name }: FuzzTarget): string {
  return fileURLToPath(new URL(`../corpus/${name}.jsonl`, import.meta.url));
}

export function corpusOf(target: FuzzTarget): readonly Uint8Array[] {
  const file = corpusFile(target);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => Buffer.from(JSON.parse(line), 'latin1'));
}

export function textOfInputs(inputs: readonly Uint8Array[]): string {
  const shortestFirst = [...inputs].sort((a, b) => a.length - b.length);
  return shortestFirst.map((input) => `${JSON.stringify(Buffer.from(input).toString('latin1'))}\n`).join('');
}
