import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** All that live, so that none outlives a spec that failed. */
const started = new Set<ChildProcess>();

if (typeof after === 'function') {
  after(() => {
    for (const child of started) child.kill('SIGKILL');
  });
}

export interface ExampleServer {
  readonly child: ChildProcess;
  /** The output so far. */
  readonly said: { readonly out: string; readonly err: string };
  /** Exit code and signal, when it is gone and has said all. */
  readonly closed: Promise<unknown[]>;
  /** Resolves with the text of its greeting, when it serves. */
  greeting(): Promise<string>;
  /** Resolves with the URL that its greeting names. */
  url(): Promise<string>;
}

/** Runs an example's server as one does from a terminal, in a process of its own. */
export function exampleServer(name: string, env: Readonly<Record<string, string>>): ExampleServer {
  const child = spawn(process.execPath, ['--import', 'tsx', `examples/${name}/server.ts`], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const closed = once(child, 'close').finally(() => started.delete(child));

  const greeting = async (): Promise<string> => {
    while (!said.out.includes('\n')) {
      const isOver = await Promise.race([once(child.stdout, 'data').then(() => false), closed.then(() => true)]);
      if (isOver) throw new Error(`the ${name} server did not start: ${said.err}`);
    }
    return said.out;
  };
  const url = async (): Promise<string> => /http:\S+/.exec(await greeting())?.[0] ?? '';
  return { child, said, closed, greeting, url };
}
