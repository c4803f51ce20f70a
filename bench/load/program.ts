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

/**
 * Returns the load generator: in C if there is a compiler and epoll, else in Node.
 *
 * @throws Error if there is a compiler and it cannot compile it: the generator in Node is several times as slow.
 */
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
  const compilers = ['cc', 'gcc', 'clang'];
  const compiler = compilers.find((name) => spawnSync(name, ['--version']).status === 0);
  if (compiler === undefined) return node;
  let problem = '';
  for (const zlib of [['-DGZIP', '-lz'], []]) {
    const { status, stderr } = spawnSync(compiler, ['-O2', '-o', binary, source, ...zlib], { encoding: 'utf8' });
    if (status === 0) return { command: binary, args: [], language: 'C', decodesGzip: zlib.length > 0 };
    problem = stderr;
  }
  throw new Error(`${compiler} could not compile ${source}; use --node-load to measure without it:\n${problem}`);
}
