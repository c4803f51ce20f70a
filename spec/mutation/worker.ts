import Mocha from 'mocha';
import { filesBelow } from './filesBelow.ts';

/**
 * Loads the specs once, and runs those that reach a mutant, again and again.
 * Told by messages: `{ id, all }`; answers with what killed it.
 */
declare global {
  function isMutant(id: number): boolean;
}

const { DEBUG, MUTANT } = process.env;
const reached = new Uint8Array(100_000);
let active = Number(MUTANT ?? -1);
globalThis.isMutant = (id) => {
  reached[id] = 1;
  return id === active;
};

/** Random histories by the thousand, other processes, and memory: too slow to be run once a mutant. */
const heavy = /(model|histories|processes|wakes|memory|linear)\.spec\.ts$/;
const [, , ...patterns] = process.argv;
const mocha = new Mocha({ timeout: 5000, reporter: class {} as never });
mocha.cleanReferencesAfterRun(false);
for (const file of patterns.flatMap((place) => filesBelow(place, '.spec.ts')).filter((path) => !heavy.test(path)))
  mocha.addFile(file);
await mocha.loadFilesAsync();
const whileLoading = reached.slice();

/** Milliseconds and mutants of each test that passes. */
const tests = new Map<string, { ms: number; hits: Uint8Array }>();

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
    runner.on('pass', (test) => tests.set(test.fullTitle(), { ms: test.duration ?? 0, hits: reached.slice() }));
  });
}

process.on('message', async (message: { readonly id: number } | 'measure') => {
  if (message === 'measure') {
    await run();
    process.send?.({ loaded: [...whileLoading.keys()].filter((id) => whileLoading[id] === 1), tests: tests.size });
    mocha.suite.bail(true);
    return;
  }
  const { id } = message;
  const reaching = [...tests].filter(([, { hits }]) => hits[id] === 1).sort((a, b) => a[1].ms - b[1].ms);
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
  // Mocha reports what happens while it runs; what comes after is of the mutant before.
  if (DEBUG) console.error(error);
});
