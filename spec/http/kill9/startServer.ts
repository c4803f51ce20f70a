import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

export interface Server {
  /** The acknowledged events of the log, by sequence. */
  readonly acknowledged: ReadonlyMap<number, number>;
  /** Starts to serve and publish; resolves when `count` events were acknowledged. */
  go(count: number): Promise<void>;
  /** Ends the feed. */
  end(): void;
  /** `kill -9`; resolves when everything that the process wrote was read. */
  kill(): Promise<void>;
}

/** Starts a process of `server.ts` that waits for `go()`, so that it starts while another one serves. */
export function startServer(script: string, path: string, port: number, first: number): Server {
  const child = spawn(process.execPath, [script, path, String(port), String(first)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout);
  const acknowledged = new Map<number, number>();
  const exited = Promise.all([once(child, 'close'), once(lines, 'close')]);
  const lost = exited.then(() => Promise.reject(new Error(`the server of ${first} exited before it was killed`)));
  lost.catch(() => {});
  // A write to a process that has exited fails.
  child.stdin.on('error', () => {});
  lines.on('line', (line) => {
    const [, sequence, number] = /^(\d+) (\d+)$/.exec(line) ?? [];
    if (sequence !== undefined) acknowledged.set(Number(sequence), Number(number));
    lines.emit('acknowledged');
  });
  return {
    acknowledged,
    go: async (count) => {
      child.stdin.write('go\n');
      while (acknowledged.size < count) await Promise.race([once(lines, 'acknowledged'), lost]);
    },
    end: () => void child.stdin.write('end\n'),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/**
 * Returns a free port that the system does not assign to clients: a client that connects
 * to a closed port of that range could get the same port, and be connected to itself.
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
