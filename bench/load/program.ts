import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

export interface LoadProgram {
  readonly command: string;
  readonly given: readonly string[];
  readonly language: 'C' | 'Node';
}

/** The load generator: in C where there is a compiler and epoll, in Node elsewhere. */
export function loadProgram(wanted: 'C' | 'Node' = 'C'): LoadProgram {
  const node = { command: process.execPath, given: [join(here, 'load.js')], language: 'Node' } as const;
  if (wanted === 'Node' || process.platform !== 'linux') return node;
  const source = join(here, '..', '..', 'load', 'load.c');
  const made = join(here, 'load');
  mkdirSync(here, { recursive: true });
  for (const compiler of ['cc', 'gcc', 'clang']) {
    if (spawnSync(compiler, ['-O2', '-o', made, source]).status === 0)
      return { command: made, given: [], language: 'C' };
  }
  return node;
}
