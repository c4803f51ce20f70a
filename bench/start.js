import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Everything that is measured is compiled before: a loader in the way would be measured, too.
const bench = dirname(fileURLToPath(import.meta.url));
const root = dirname(bench);
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

if (!existsSync(join(bench, 'node_modules', 'rxsse'))) {
  run(npm, ['ci', '--prefix', bench, '--no-audit', '--no-fund', '--loglevel', 'error']);
}
run(npm, ['run', '--silent', 'build']);
run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', bench]);
run(process.execPath, [join(bench, 'dist', 'run.js'), ...process.argv.slice(2)]);

function run(command, given) {
  const { status } = spawnSync(command, given, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
