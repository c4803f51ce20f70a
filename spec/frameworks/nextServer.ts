import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../http/kill9/startServer.ts';
import { frameworksFolder } from '../support/requires.ts';

const folder = join(frameworksFolder, '.tmp', 'next');

/**
 * The files that the app has beside the route files of the example: the library is its source, whose inspector bundles its page
 * with esbuild.
 */
const files: Readonly<Record<string, string>> = {
  'next.config.mjs': `export default {
    typescript: { ignoreBuildErrors: true },
    turbopack: { root: '/' },
    serverExternalPackages: ['esbuild'],
  };`,
  'tsconfig.json': '{ "extends": "../../../../tsconfig.json", "include": ["."] }\n',
  'app/readers/route.ts': `
    import { orders } from '../../lib/orders.ts';
    export const dynamic = 'force-dynamic';
    export const GET = () => Response.json(orders.readers);
  `,
};

/** A process of `next start`. */
interface NextServer {
  readonly url: string;
  /** Sends SIGTERM, and resolves with the exit code. */
  stop(): Promise<number | null>;
}

let server: ChildProcess | undefined;

/** Runs a command of Next in a process of its own. */
function next(...args: readonly string[]): ChildProcess {
  const bin = join(frameworksFolder, 'node_modules', 'next', 'dist', 'bin', 'next');
  return spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Resolves when a process has written the text, or without one when it has succeeded. */
function written(child: ChildProcess, expected?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const add = (more: string): void => {
      text += more;
      if (expected !== undefined && text.includes(expected)) resolve();
    };
    child.stdout?.setEncoding('utf8').on('data', add);
    child.stderr?.setEncoding('utf8').on('data', add);
    child.on('close', (code) => {
      if (expected === undefined && code === 0) resolve();
      else reject(new Error(`next exited with ${code}: ${text}`));
    });
  });
}

/** Builds the app of the example, and starts it on a free port. */
export async function startNext(): Promise<NextServer> {
  removeNext();
  cpSync(join(frameworksFolder, 'next'), folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await written(next('build'));
  const port = await freePort();
  const child = next('start', '-H', '127.0.0.1', '-p', String(port));
  server = child;
  await written(child, 'Ready');
  const stop = async (): Promise<number | null> => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    return child.exitCode;
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}

/** Kills the server, if it still runs, and removes the app. */
export function removeNext(): void {
  server?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
