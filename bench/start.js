import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const args = process.argv.slice(2);

build(root);
const against = args.indexOf('--against') + 1;
if (against > 0 && args[against] !== undefined) {
  args[against] = resolve(args[against]);
  build(args[against]);
}
run(root, process.execPath, [join(root, 'bench', 'dist', 'run.js'), ...args]);

/** Compiles the library and the bench of a checkout, since a loader would be measured too. */
function build(folder) {
  const bench = join(folder, 'bench');
  const install = ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'];
  if (!existsSync(join(folder, 'node_modules'))) run(folder, npm, install);
  const { dependencies } = JSON.parse(readFileSync(join(bench, 'package.json'), 'utf8'));
  const isMissing = (name) => !existsSync(join(bench, 'node_modules', name));
  if (Object.keys(dependencies).some(isMissing)) run(bench, npm, install);
  run(folder, npm, ['run', '--silent', 'build']);
  run(folder, process.execPath, [join(folder, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', bench]);
}

function run(cwd, command, args) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
