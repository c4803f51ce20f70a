import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The running servers, which are killed at the end although a spec failed. */
const started = new Set<ChildProcess>();

if (typeof after === 'function') {
  after(() => {
    for (const child of started) child.kill('SIGKILL');
  });
}

export interface ExampleServer {
  readonly child: ChildProcess;
  /** The output so far. */
  readonly output: { readonly out: string; readonly err: string };
  /** Resolves with the exit code and the signal when the process and its output have ended. */
  readonly closed: Promise<unknown[]>;
  /** Resolves with its first line of output, which it writes when it listens. */
  greeting(): Promise<string>;
  /** Resolves with the URL in that line. */
  url(): Promise<string>;
}

/** Runs the server of an example in a process of its own, as from a terminal. */
export function exampleServer(name: string, env: Readonly<Record<string, string>>): ExampleServer {
  const child = spawn(process.execPath, ['--import', 'tsx', `examples/${name}/server.ts`], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.err += text;
  });
  const closed = once(child, 'close').finally(() => started.delete(child));

  const greeting = async (): Promise<string> => {
    while (!output.out.includes('\n')) {
      const hasExited = await Promise.race([once(child.stdout, 'data').then(() => false), closed.then(() => true)]);
      if (hasExited) throw new Error(`the ${name} server did not start: ${output.err}`);
    }
    return output.out;
  };
  const url = async (): Promise<string> => /http:\S+/.exec(await greeting())?.[0] ?? '';
  return { child, output, closed, greeting, url };
}
