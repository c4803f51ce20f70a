import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** The compilers beside the project's own, under the names of their aliases: the oldest that the README names, and the first for CommonJS. */
export const compilerPackages = { 'typescript-5.4': 'npm:typescript@5.4.5', 'typescript-5.9': 'npm:typescript@5.9.3' };

interface Compilation {
  /** The package of the compiler. */
  readonly compiler: keyof typeof compilerPackages | 'typescript';
  readonly program: 'ts-esm' | 'cjs';
  readonly flags: readonly string[];
  /** The output of a compiler that must fail. @default it compiles */
  readonly fails?: RegExp;
}

const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler'];
const node16 = ['--module', 'node16'];
const node10 = ['--module', 'esnext', '--moduleResolution', 'node10'];
const noTypes = /TS2307: Cannot find module 'rxsse'.*Consider updating to 'node16', 'nodenext', or 'bundler'/s;

/** The README says that the first ones compile, and why the last ones do not. The project's own compiler with `nodenext` is a step of its own. */
const compilations: readonly Compilation[] = [
  { compiler: 'typescript-5.4', program: 'ts-esm', flags: node16 },
  { compiler: 'typescript-5.4', program: 'ts-esm', flags: bundler },
  { compiler: 'typescript-5.9', program: 'ts-esm', flags: node16 },
  { compiler: 'typescript-5.9', program: 'ts-esm', flags: bundler },
  { compiler: 'typescript-5.9', program: 'cjs', flags: [] },
  { compiler: 'typescript', program: 'ts-esm', flags: bundler },
  {
    compiler: 'typescript-5.4',
    program: 'cjs',
    flags: [],
    fails: /TS1471: Module 'rxsse' cannot be imported using this construct/,
  },
  { compiler: 'typescript-5.9', program: 'ts-esm', flags: node10, fails: noTypes },
  { compiler: 'typescript', program: 'ts-esm', flags: [...node10, '--ignoreDeprecations', '6.0'], fails: noTypes },
];

/** Compiles the programs of a folder with each compiler, two at a time. @throws Error for the first that does not end as it must. */
export async function compileWithEach(folder: string): Promise<void> {
  const waiting = [...compilations];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await compile(folder, next);
  };
  await Promise.all([work(), work()]);
}

function compile(folder: string, { compiler, program, flags, fails }: Compilation): Promise<void> {
  const tsc = join(folder, 'node_modules', compiler, 'bin/tsc');
  const title = `${compiler} ${fails === undefined ? 'compiles' : 'rejects'} ${program} ${flags.join(' ')}`.trimEnd();
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [tsc, '--noEmit', ...flags],
      { cwd: join(folder, program), timeout: 240_000, maxBuffer: 2 ** 26 },
      (error, output) => {
        if (fails === undefined ? error === null : error !== null && fails.test(output)) {
          console.log(`ok  ${title}`);
          return resolve();
        }
        process.stdout.write(output);
        reject(new Error(`${title}: ${error?.message ?? 'expected it to fail, but it passed'}`));
      },
    );
  });
}
