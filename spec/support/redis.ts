import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type RedisClientType } from '@redis/client';
import { freePort } from './nginx.ts';

/** A real Redis on a free port of 127.0.0.1, with its data in a temporary folder. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Returns a client that is connected, and is destroyed with the server. */
  connect(options?: {
    readonly name?: string;
    readonly username?: string;
    readonly password?: string;
  }): Promise<RedisClientType>;
  /** Kills it as a crash does; what was written to its disk remains. */
  kill(): Promise<void>;
  /** Starts it again, with the data that remains. */
  start(): Promise<void>;
  /** Kills it, destroys its clients and removes its data. */
  remove(): Promise<void>;
}

/** The running servers, which are killed at the end although a spec failed. */
const running = new Set<ChildProcess>();

if (typeof after === 'function') {
  after(() => {
    for (const child of running) child.kill('SIGKILL');
  });
}

/** Starts a Redis with these further options: `['--appendonly', 'yes']`. */
export async function startRedis(path: string, options: readonly string[] = []): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rxsse-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const clients: RedisClientType[] = [];
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const settings = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      '--loglevel',
      'notice',
    ];
    const started = spawn(path, [...settings, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    running.add(started);
    started.once('close', () => running.delete(started));
    await new Promise<void>((resolve, reject) => {
      let output = '';
      const onOutput = (text: string): void => {
        output += text;
        if (output.includes('Ready to accept connections')) resolve();
      };
      for (const stream of [started.stdout, started.stderr]) stream.setEncoding('utf8').on('data', onOutput);
      started.once('close', () => reject(new Error(`redis-server did not start: ${output}`)));
    });
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  await start();

  return {
    port,
    url,
    connect: async (settings = {}) => {
      const client = createClient({ url, ...settings });
      client.on('error', () => {});
      clients.push(client as RedisClientType);
      await client.connect();
      return client as RedisClientType;
    },
    kill,
    start,
    remove: async () => {
      for (const client of clients) client.destroy();
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
