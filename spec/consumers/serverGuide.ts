import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { guideSteps, notShown } from './guide.ts';

const startsServer = /tsx server\.ts$/;

/**
 * Follows a guide that starts a server, in an empty folder, word for word but for the path of the package and the port: it
 * writes the files, installs, starts the server, and runs each command. A server that is started again replaces the one
 * before, which is killed. `check` runs at the end, with the server.
 */
export async function followServerGuide(
  cwd: string,
  tarball: string,
  guide: string,
  check: (cwd: string, url: string) => void | Promise<void>,
): Promise<void> {
  const port = await freePort();
  const here = (text: string) => text.replaceAll('3000', String(port));
  let server: ChildProcess | undefined;
  try {
    for (const step of guideSteps(guide)) {
      if ('write' in step) {
        mkdirSync(dirname(join(cwd, step.write)), { recursive: true });
        writeFileSync(join(cwd, step.write), here(step.text));
      } else if (startsServer.test(step.run)) {
        await kill(server);
        server = await start(step.run, cwd, here('http://localhost:3000'));
      } else {
        run(
          here(step.run.replace(/^npm install rxsse(?= )/, `npm install --prefer-offline ${tarball}`)),
          cwd,
          step.shows,
        );
      }
      if ('run' in step) console.log(`ok  the guide: ${step.run}`);
    }
    await check(cwd, here('http://localhost:3000'));
  } finally {
    await kill(server);
  }
}

function run(command: string, cwd: string, shows: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8', timeout: 240_000 });
  const missing = notShown(shows, stdout);
  if (status === 0 && missing.length === 0) return;
  process.stdout.write(`${stdout}${stderr}`);
  throw new Error(`the guide: ${command}: exit code ${status}, missing in its output: ${missing.join('\n')}`);
}

/** Starts the server in a process group of its own; resolves when it prints where it listens. */
async function start(command: string, cwd: string, greeting: string): Promise<ChildProcess> {
  const child = spawn('sh', ['-c', `exec ${command}`], { cwd, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const isOver = once(child, 'exit').then(() => {
    throw new Error(`the guide: ${command} ended: ${output}`);
  });
  isOver.catch(() => {});
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  while (!output.includes(greeting)) await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), isOver]);
  return child;
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await exited;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
