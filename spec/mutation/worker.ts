import Mocha from 'mocha';
import { filesBelow } from './filesBelow.ts';

/** A test that passes without a mutant: its duration, and the mutants that it reaches. */
export interface Test {
  readonly title: string;
  readonly ms: number;
  readonly ids: readonly number[];
}

/**
 * Loads the specs once, and runs those that reach a mutant, for one mutant after the other.
 * Receives the message `{ measured }`, which an earlier worker may have sent, and then
 * `{ id }`, and answers with the test that failed.
 */
declare global {
  function isMutant(id: number): boolean;
}

const { DEBUG, MUTANT, HEAVY } = process.env;
const reached = new Uint8Array(100_000);
let active = Number(MUTANT ?? -1);
globalThis.isMutant = (id) => {
  reached[id] = 1;
  return id === active;
};

/**
 * Thousands of random histories and other processes are too slow to be run for each mutant, and memory cannot be
 * measured in a process that has run other specs.
 */
const heavy = HEAVY ? /memory\.spec\.ts$/ : /(model|histories|processes|wakes|memory|linear)\.spec\.ts$/;
const [, , ...patterns] = process.argv;
const mocha = new Mocha({ timeout: 5000, bail: true, reporter: class {} as never });
mocha.cleanReferencesAfterRun(false);
for (const file of patterns.flatMap((pattern) => filesBelow(pattern, '.spec.ts')).filter((path) => !heavy.test(path)))
  mocha.addFile(file);
await mocha.loadFilesAsync();
const whileLoading = reached.slice();

/** The milliseconds and mutants of each test that passes. */
const tests = new Map<string, { ms: number; hits: ReadonlySet<number> }>();

function run(titles?: ReadonlySet<string>): Promise<string | undefined> {
  let failed: string | undefined;
  Object.assign(mocha.options, { grep: titles && { test: (title: string) => titles.has(title) } });
  return new Promise((resolve) => {
    const runner = mocha.run(() => resolve(failed));
    runner.on('fail', (test) => {
      failed ??= test.fullTitle();
    });
    if (titles !== undefined) return;
    runner.on('test', (test) => {
      if (DEBUG) console.error(Date.now() % 1e6, test.fullTitle());
      reached.fill(0);
    });
    runner.on('fail', (test, error) => console.error('fails as it is:', test.fullTitle(), error.message));
    runner.on('pass', (test) => tests.set(test.fullTitle(), { ms: test.duration ?? 0, hits: new Set(idsIn(reached)) }));
  });
}

setInterval(() => process.send?.('alive'), 500).unref();

const idsIn = (hits: Uint8Array): readonly number[] => [...hits.keys()].filter((id) => hits[id] === 1);

process.on('message', async (message: { readonly id: number } | { readonly measured: readonly Test[] | null }) => {
  if ('measured' in message) {
    if (message.measured === null) {
      const failed = await run();
      if (failed !== undefined) {
        process.send?.({ failed });
        return;
      }
    } else for (const { title, ms, ids } of message.measured) tests.set(title, { ms, hits: new Set(ids) });
    const measured = [...tests].map(([title, { ms, hits }]): Test => ({ title, ms, ids: [...hits] }));
    process.send?.({ loaded: idsIn(whileLoading), tests: measured });
    return;
  }
  const { id } = message;
  const reaching = [...tests].filter(([, { hits }]) => hits.has(id)).sort((a, b) => a[1].ms - b[1].ms);
  let killer: string | undefined;
  active = id;
  const quick = new Set(reaching.filter(([, { ms }]) => ms < 100).map(([title]) => title));
  const slow = new Set(reaching.filter(([, { ms }]) => ms >= 100).map(([title]) => title));
  if (quick.size > 0) killer = await run(quick);
  if (killer === undefined && slow.size > 0) killer = await run(slow);
  active = -1;
  process.send?.({ id, reaching: reaching.length, killer });
});

process.on('uncaughtException', (error) => {
  // Mocha reports errors while it runs; a later error belongs to the previous mutant.
  if (DEBUG) console.error(error);
});
