import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Packs the package as it would be published, installs it beside its peers in a
 * folder outside the repository, and uses it from three programs.
 */
const here = import.meta.dirname;
const root = join(here, '../..');
const bin = join(root, 'node_modules/.bin');
const folder = mkdtempSync(join(tmpdir(), 'rxsse-consumers-'));

function step(title: string, cwd: string, command: string, ...args: readonly string[]): void {
  const begun = Date.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 240_000 });
  if (status !== 0) {
    process.stdout.write(`${stdout ?? ''}${stderr ?? ''}`);
    throw new Error(`${title}: ${error?.message ?? `exit code ${status}`}`);
  }
  console.log(`ok  ${title} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
}

function run(): void {
  step('packed', root, 'npm', 'pack', '--pack-destination', folder);
  const [tarball = ''] = readdirSync(folder);

  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const beside = ['rxjs', 'io-ts', 'fp-ts', 'typescript', '@types/node'];
  const dependencies = Object.fromEntries(beside.map((name) => [name, devDependencies[name]]));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: { ...dependencies, rxsse: `file:${tarball}` } }),
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

  step('publint', root, join(bin, 'publint'), '--strict', join(folder, tarball));
  step('attw', root, join(bin, 'attw'), join(folder, tarball), '--profile', 'esm-only');
}

try {
  run();
} catch (error) {
  console.error(`failed  ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
