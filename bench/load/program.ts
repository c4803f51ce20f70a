import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

export interface LoadProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly language: 'C' | 'Node';
  /** Whether it can read compressed responses; in C, zlib is needed. */
  readonly decodesGzip: boolean;
}

/** Returns the load generator: in C if there is a compiler and epoll, else in Node. */
export function loadProgram(wanted: 'C' | 'Node' = 'C'): LoadProgram {
  const node = {
    command: process.execPath,
    args: [join(here, 'load.js')],
    language: 'Node',
    decodesGzip: true,
  } as const;
  if (wanted === 'Node' || process.platform !== 'linux') return node;
  const source = join(here, '..', '..', 'load', 'load.c');
  const binary = join(here, 'load');
  mkdirSync(here, { recursive: true });
  for (const compiler of ['cc', 'gcc', 'clang']) {
    for (const zlib of [['-DGZIP', '-lz'], []]) {
      if (spawnSync(compiler, ['-O2', '-o', binary, source, ...zlib]).status === 0)
        return { command: binary, args: [], language: 'C', decodesGzip: zlib.length > 0 };
    }
  }
  return node;
}
