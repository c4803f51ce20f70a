import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

export interface Server {
  /** The acknowledged events of the log, by sequence. */
  readonly acknowledged: ReadonlyMap<number, number>;
  /** Serves and publishes from now on; resolves when so many were acknowledged. */
  go(count: number): Promise<void>;
  /** Ends the feed. */
  end(): void;
  /** `kill -9`; resolves when everything that the process wrote was read. */
  kill(): Promise<void>;
}

/** Starts a process of `server.ts` that waits for its `go`, so that its start is not waited for. */
export function startServer(script: string, path: string, port: number, first: number): Server {
  const child = spawn(process.execPath, [script, path, String(port), String(first)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout);
  const acknowledged = new Map<number, number>();
  const exited = Promise.all([once(child, 'close'), once(lines, 'close')]);
  const lost = exited.then(() => Promise.reject(new Error(`the server of ${first} is gone before it was killed`)));
  lost.catch(() => {});
  // A process that has exited receives nothing any more.
  child.stdin.on('error', () => {});
  lines.on('line', (line) => {
    const [, sequence, number] = /^(\d+) (\d+)$/.exec(line) ?? [];
    if (sequence !== undefined) acknowledged.set(Number(sequence), Number(number));
    lines.emit('said');
  });
  return {
    acknowledged,
    go: async (count) => {
      child.stdin.write('go\n');
      while (acknowledged.size < count) await Promise.race([once(lines, 'said'), lost]);
    },
    end: () => void child.stdin.write('end\n'),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/**
 * A port that is free, and stays so while nobody listens on it: none of those that
 * the system gives to clients, of which one that knocks at a closed port could
 * be given that very port, and be connected with itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
