import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkChat } from './chat.ts';
import { compilerPackages, compileWithEach } from './compilers.ts';
import { guideSteps, notShown } from './guide.ts';
import { nestFiles, nestPackages } from './nest.ts';
import { followServerGuide } from './serverGuide.ts';

/**
 * Packs the package as it would be published, installs it beside its peers in a
 * folder outside the repository, and uses it from three programs, with three versions
 * of TypeScript, under four test runners, and follows the steps of
 * the guides to testing, to Nest and to streams of a model.
 */
const here = import.meta.dirname;
const root = join(here, '../..');
const bin = join(root, 'node_modules/.bin');
/** The environment of the commands: no colours, and packages from the cache of npm where it has them. */
const plain = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, npm_config_prefer_offline: 'true' };
const folder = mkdtempSync(join(tmpdir(), 'rxsse-consumers-'));

function step(title: string, cwd: string, command: string, ...args: readonly string[]): void {
  const startedAt = Date.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 240_000 });
  if (status !== 0) {
    process.stdout.write(`${stdout ?? ''}${stderr ?? ''}`);
    throw new Error(`${title}: ${error?.message ?? `exit code ${status}`}`);
  }
  console.log(`ok  ${title} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
}

/** Runs a command that must fail and print text that matches each pattern. */
function failingStep(
  title: string,
  cwd: string,
  shows: readonly RegExp[],
  command: string,
  ...args: readonly string[]
): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 240_000, env: plain });
  const output = `${stdout ?? ''}${stderr ?? ''}`;
  const missing = shows.filter((pattern) => !pattern.test(output));
  if (status === 0 || missing.length > 0) {
    process.stdout.write(output);
    throw new Error(
      `${title}: ${status === 0 ? 'expected it to fail, but it passed' : `expected its output to match ${missing.join(', ')}`}`,
    );
  }
  console.log(`ok  ${title}`);
}

/** Runs the same tests under each test runner, and one that fails and must print its diagram. */
function runTestRunners(tarball: string, peers: Readonly<Record<string, string | undefined>>): void {
  const cwd = join(folder, 'runners');
  cpSync(join(here, 'runners'), cwd, { recursive: true });
  const own = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  const runners = { mocha: '^12', chai: '^6', vitest: '^4', jest: '^30' };
  const dependencies = { ...peers, ...runners, rxsse: `file:../${tarball}` };
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ ...own, dependencies }));
  step('installed beside mocha, Vitest and Jest', cwd, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund');

  const module = (path: string) => join(cwd, 'node_modules', path);
  const commands: Readonly<Record<string, readonly string[]>> = {
    'node-test': ['--test'],
    mocha: [module('mocha/bin/mocha.js')],
    vitest: [module('vitest/vitest.mjs'), 'run'],
    jest: ['--experimental-vm-modules', module('jest/bin/jest.js')],
  };
  const diagram = [/first difference is at 3 ms/, /expected {2}a {4}c/, /actual {4}a {4}b/, /tests\.js:\d+/];
  for (const [name, command] of Object.entries(commands)) {
    step(`${name} runs the test kit`, cwd, process.execPath, ...command, `${name}/kit.test.js`);
    failingStep(`${name} shows a failure`, cwd, diagram, process.execPath, ...command, `${name}/failing.test.js`);
  }
}

/** Runs the steps of the guide, with the packed package instead of the published one. */
function followGuide(tarball: string): void {
  const cwd = join(folder, 'guide');
  mkdirSync(cwd);
  for (const guideStep of guideSteps(readFileSync(join(root, 'docs/testing.md'), 'utf8'))) {
    if ('write' in guideStep) {
      writeFileSync(join(cwd, guideStep.write), guideStep.text);
      continue;
    }
    const command = guideStep.run.replace(/ rxsse(?= |$)/, ` ${join(folder, tarball)}`);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      cwd,
      encoding: 'utf8',
      timeout: 240_000,
      env: plain,
    });
    const output = `${stdout}${stderr}`;
    const missing = notShown(guideStep.shows, output);
    const mayFail = guideStep.shows.some((line) => line.includes('AssertionError'));
    if (missing.length === 0 && (status === 0) !== mayFail) {
      console.log(`ok  the guide: ${guideStep.run}`);
      continue;
    }
    process.stdout.write(output);
    throw new Error(
      `the guide: ${guideStep.run}: got exit code ${status}, and expected these lines in its output: ${missing.join('\n')}`,
    );
  }
}

/** Puts the files that the guide to Nest prints into an app with the options of Nest 11, compiles it, and runs the test. */
function followNestGuide(tarball: string, peers: Readonly<Record<string, string | undefined>>): void {
  const cwd = join(folder, 'nest');
  mkdirSync(join(cwd, 'src'), { recursive: true });
  const { jest, files } = nestFiles(readFileSync(join(root, 'docs/frameworks.md'), 'utf8'));
  const dependencies = { ...peers, ...nestPackages, rxsse: `file:../${tarball}` };
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ private: true, dependencies, jest }));
  for (const [path, text] of files) writeFileSync(join(cwd, path), text);
  step('installed beside Nest 11', cwd, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund');
  const module = (path: string) => join(cwd, 'node_modules', path);
  step('the guide to Nest compiles', cwd, process.execPath, module('typescript/bin/tsc'));
  step('the guide to Nest passes its test', cwd, process.execPath, module('jest/bin/jest.js'));
}

async function run(): Promise<void> {
  step('packed', root, 'npm', 'pack', '--pack-destination', folder);
  const [tarball = ''] = readdirSync(folder);

  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const packages = ['rxjs', 'io-ts', 'fp-ts', 'typescript', '@types/node'];
  const dependencies = Object.fromEntries(packages.map((name) => [name, devDependencies[name]]));
  const { rxjs, 'io-ts': ioTs, 'fp-ts': fpTs } = devDependencies;
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: { ...dependencies, ...compilerPackages, rxsse: `file:${tarball}` } }),
  );
  for (const program of ['ts-esm', 'js-esm', 'cjs']) {
    cpSync(join(here, program), join(folder, program), { recursive: true });
  }
  step('installed, with its peers and without Express', folder, 'npm', 'install', '--prefer-offline');

  const tsc = join(folder, 'node_modules/typescript/bin/tsc');
  step('TypeScript ESM compiles', join(folder, 'ts-esm'), process.execPath, tsc);
  step('TypeScript ESM runs', join(folder, 'ts-esm'), process.execPath, 'main.js');
  step('JavaScript ESM runs', join(folder, 'js-esm'), process.execPath, 'main.js');
  step('CommonJS runs', join(folder, 'cjs'), process.execPath, 'main.js');
  step('TypeScript CommonJS compiles', join(folder, 'cjs'), process.execPath, tsc);
  step('TypeScript CommonJS runs', join(folder, 'cjs'), process.execPath, 'typed.js');

  await compileWithEach(folder);

  runTestRunners(tarball, { rxjs, 'io-ts': ioTs, 'fp-ts': fpTs });
  followNestGuide(tarball, { rxjs, 'io-ts': ioTs, 'fp-ts': fpTs });
  followGuide(tarball);
  const serverGuides = { 'getting-started': () => {}, 'model-streams': checkChat };
  for (const [name, check] of Object.entries(serverGuides)) {
    const cwd = join(folder, name);
    mkdirSync(cwd);
    const guide = readFileSync(join(root, 'docs', `${name}.md`), 'utf8');
    await followServerGuide(cwd, join(folder, tarball), guide, check);
  }

  step('publint', root, join(bin, 'publint'), '--strict', join(folder, tarball));
  step('attw', root, join(bin, 'attw'), join(folder, tarball), '--profile', 'esm-only');
}

try {
  await run();
} catch (error) {
  console.error(`failed  ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
