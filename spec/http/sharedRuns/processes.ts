import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closing } from '../../support/closing.ts';
import { freePort } from '../../support/nginx.ts';
import { bundledServer } from '../kill9/bundle.ts';

/** One running server. */
export interface ServerProcess {
  readonly url: string;
  /** How many streams it has created. */
  readonly calls: number;
  /** Resolves when it has printed a text. */
  printed(text: string): Promise<void>;
  /** Writes a line to its input. */
  write(line: string | number): void;
  kill(): Promise<void>;
  /** Stops the process, or lets it continue. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** Resolves when it has ended by itself. */
  ended(): Promise<unknown>;
}

let script: Promise<string> | undefined;
let folder = '';
// Specs import this before their `describe`, so that this is a root hook.
if (typeof after === 'function') after(() => folder === '' || rmSync(folder, { recursive: true, force: true }));

/** Bundles the server once for all specs. */
function bundled(): Promise<string> {
  folder ||= mkdtempSync(join(tmpdir(), 'rxsse-runs-'));
  script ??= bundledServer(folder, new URL('server.ts', import.meta.url));
  return script;
}

/** Runs two servers over a storage while the callback runs. */
export async function withServers(
  storage: string,
  use: (one: ServerProcess, two: ServerProcess) => Promise<void>,
): Promise<void> {
  const path = await bundled();
  const children: ChildProcess[] = [];
  const start = async (): Promise<ServerProcess> => {
    const port = await freePort();
    const child = spawn(process.execPath, [path, storage, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stdin.on('error', () => {});
    const exited = once(child, 'close');
    const early = exited.then(() => Promise.reject(new Error(`a server has ended: ${output}`)));
    early.catch(() => {});
    const printed = async (text: string): Promise<void> => {
      while (!output.includes(text)) await Promise.race([once(child.stdout, 'data'), early]);
    };
    await printed('up\n');
    return {
      url: `http://127.0.0.1:${port}/`,
      get calls() {
        return output.split('called\n').length - 1;
      },
      printed,
      write: (line) => void child.stdin.write(`${line}\n`),
      kill: async () => {
        child.kill('SIGKILL');
        await exited;
      },
      signal: (name) => void child.kill(name),
      ended: () => exited,
    };
  };
  const stop = async (): Promise<void> => {
    for (const child of children) child.kill('SIGKILL');
  };
  await closing(stop, async () => {
    const [one, two] = [await start(), await start()];
    await use(one, two);
  });
}

/** Returns the last id in a stream. */
export const lastIdIn = (text: string): string =>
  text
    .match(/^id: (\S+)$/gm)
    ?.at(-1)
    ?.slice(4) ?? '';

/** Returns the blocks of the events in a stream, as they were sent. */
export const ticksIn = (text: string): readonly string[] =>
  text.split('\n\n').filter((block) => /^event: tick$/m.test(block));
