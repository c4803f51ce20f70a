import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { filesBelow } from './filesBelow.ts';
import { instrument, type Mutant } from './instrument.ts';
import type { Test } from './worker.ts';

/**
 * Makes one change at a time in one layer of a copy of `lib`, and checks that its
 * specs fail: `npx tsx spec/mutation/run.ts wire spec/wire`.
 *
 * With `SURVIVORS`, a file with the output of such a run, only the mutants that survived it
 * are run, and with `HEAVY=1` also by the slow specs. `FROM` is the first mutant that is run.
 */
const [, , layer = 'wire', ...patterns] = process.argv;
const { SURVIVORS, FROM = '0' } = process.env;
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), `rxsse-mutants-${layer.replaceAll('/', '-')}-`));
/** The longest time without a message of a worker, in milliseconds; after that it is in an endless loop. */
const patience = 10_000;

const mutants: Mutant[] = [];
for (const part of ['lib', 'spec', 'docs', 'package.json', 'tsconfig.json']) {
  cpSync(join(root, part), join(folder, part), { recursive: true });
}
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
for (const path of filesBelow(join(root, 'lib', layer), '.ts')) {
  const file = relative(root, path);
  const { text, mutants: found } = instrument(file, readFileSync(join(root, file), 'utf8'), mutants.length);
  mutants.push(...found);
  writeFileSync(join(folder, file), text);
}

const nameOf = ({ file, line, change }: Mutant): string => `${file}:${line}  ${change}`;
const before =
  SURVIVORS === undefined
    ? undefined
    : new Set([...readFileSync(SURVIVORS, 'utf8').matchAll(/^survives {2}(.*?) {2}\(/gm)].map(([, name]) => name));
const chosen = mutants.filter((mutant) => mutant.id >= Number(FROM) && (before?.has(nameOf(mutant)) ?? true));

let worker: ChildProcess | undefined;
const start = (env: NodeJS.ProcessEnv = {}): ChildProcess =>
  fork(join(folder, 'spec/mutation/worker.ts'), patterns, {
    cwd: folder,
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
const answer = <T>(child: ChildProcess, message: unknown, most = 100 * patience): Promise<T | 'lost'> =>
  new Promise((resolve) => {
    const done = (value: T | 'lost') => {
      for (const timer of [silence, end]) clearTimeout(timer);
      child.removeAllListeners();
      resolve(value);
    };
    const silence = setTimeout(() => done('lost'), patience);
    const end = setTimeout(() => done('lost'), most);
    child.on('message', (value) => (value === 'alive' ? silence.refresh() : done(value as T)));
    child.once('exit', () => done('lost'));
    child.send(message as string);
  });

interface Measured {
  readonly loaded: readonly number[];
  readonly tests: readonly Test[];
}
interface Tried {
  readonly reaching: number;
  readonly killer?: string;
}

async function ready(before?: Measured): Promise<{ child: ChildProcess; measured: Measured }> {
  const child = start();
  const measured = await answer<Measured | { readonly failed: string }>(child, { measured: before?.tests ?? null });
  if (measured === 'lost' || 'failed' in measured)
    throw new Error(`the specs do not pass as they are: ${measured === 'lost' ? 'no answer' : measured.failed}`);
  return { child, measured };
}

const survivors: (Mutant & { why: string })[] = [];
let killed = 0;
let looping = 0;
let apart = 0;
try {
  let { child, measured } = await ready();
  worker = child;
  console.log(`${layer}: ${chosen.length} mutants, ${measured.tests.length} tests`);
  const loaded = new Set(measured.loaded);
  const cost = new Map<number, number>();
  for (const { ms, ids } of measured.tests) for (const id of ids) cost.set(id, (cost.get(id) ?? 0) + ms);
  for (const [index, mutant] of chosen.entries()) {
    if (index % 10 === 0) console.error(`${index} of ${chosen.length}`);
    const tried = await answer<Tried>(child, { id: mutant.id }, 3 * patience + 4 * (cost.get(mutant.id) ?? 0));
    if (tried === 'lost') {
      killed++;
      looping++;
      child.kill('SIGKILL');
      ({ child, measured } = await ready(measured));
      worker = child;
    } else if (tried.killer !== undefined) killed++;
    else if (loaded.has(mutant.id)) {
      // It is read when the module is loaded, and needs a process of its own.
      const specs = [
        '--import',
        'tsx',
        'node_modules/mocha/bin/mocha.js',
        '--bail',
        '--no-config',
        '--timeout',
        '5000',
      ];
      apart++;
      const { status } = spawnSync(
        process.execPath,
        [
          '--import',
          './spec/mutation/active.mjs',
          ...specs,
          ...patterns.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.spec.ts`)),
        ],
        {
          cwd: folder,
          env: { ...process.env, MUTANT: String(mutant.id) },
          timeout: 20 * patience,
          stdio: 'ignore',
        },
      );
      if (status === 0) survivors.push({ ...mutant, why: 'read while loading' });
      else killed++;
    } else
      survivors.push({
        ...mutant,
        why: tried.reaching === 0 ? 'no test comes here' : `${tried.reaching} tests come here`,
      });
    const last = survivors.at(-1);
    if (last?.id === mutant.id) console.log(`survives  ${nameOf(last)}  (${last.why})`);
  }
  console.log(
    `${layer}: ${killed} of ${chosen.length} killed, ${((killed / chosen.length) * 100).toFixed(1)} % (${looping} by no answer in time, ${apart} tried in a process of their own)`,
  );
} finally {
  worker?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
