import { type ChildProcess, spawnSync } from 'node:child_process';
import { accessSync, chownSync, constants, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { Client } from 'pg';
import { postgresSchema } from 'rxsse/postgres';
import { start } from './Child.ts';
import { freePort } from './peers/listen.ts';

/** A log that this library has. */
export type LogName = 'memory' | 'lmdb' | 'redis' | 'postgres';

/** Where the entries of a log are stored. */
export interface Storage {
  /** A folder, or the URL of a server. */
  readonly at: string;
  /** The process of the server, if there is one. */
  readonly pid?: number;
}

/** The server that a log needs, if it needs one: its name and the path of its program, if that is installed. */
const programs: { readonly [log in LogName]?: { readonly name: string; readonly path: string | undefined } } = {
  redis: { name: 'redis-server', path: installed('redis-server') },
  postgres: { name: 'postgres', path: newestPostgres() ?? installed('postgres') },
};

/** Returns the program that a log needs and this machine has not. */
export function missingProgram(log: LogName | undefined): string | undefined {
  const program = log === undefined ? undefined : programs[log];
  return program?.path === undefined ? program?.name : undefined;
}

/** Starts what stores the entries of a log, on a free port with a new folder, and stops it after the work. */
export async function withStorage<T>(log: LogName, work: (storage?: Storage) => Promise<T>): Promise<T> {
  if (log === 'memory') return work();
  const folder = mkdtempSync(join(memoryFolder(), 'rxsse-bench-'));
  let server: ChildProcess | undefined;
  try {
    if (log === 'lmdb') return await work({ at: folder });
    const port = await freePort();
    server = log === 'redis' ? await startRedis(folder, port) : await startPostgres(folder, port);
    const at = log === 'redis' ? `redis://127.0.0.1:${port}` : `postgres://postgres@127.0.0.1:${port}/postgres`;
    return await work({ at, ...(server.pid === undefined ? {} : { pid: server.pid }) });
  } finally {
    // An immediate end for both: their data is not needed any more.
    if (server !== undefined) await stopped(server);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the folder whose files are in memory, so that no disk is measured; any other temporary one without it. */
function memoryFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

async function startRedis(folder: string, port: number): Promise<ChildProcess> {
  const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no', maxclients: 15_000 };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = start('storage', programs.redis?.path ?? '', args, { stdio: 'ignore' });
  await answering(server, async () => {
    const client = createClient({ url: `redis://127.0.0.1:${port}`, socket: { reconnectStrategy: false } });
    client.on('error', () => {});
    await client.connect();
    client.destroy();
  });
  return server;
}

async function startPostgres(folder: string, port: number): Promise<ChildProcess> {
  const bin = dirname(realpathSync(programs.postgres?.path ?? ''));
  const user = postgresUser();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const initial = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'];
  const { status, stderr } = spawnSync(join(bin, 'initdb'), initial, { ...user, encoding: 'utf8' });
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', shared_buffers: '256MB' };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const server = start('storage', join(bin, 'postgres'), args, { ...user, stdio: 'ignore' });
  await answering(server, async () => {
    const client = new Client({ connectionString: `postgres://postgres@127.0.0.1:${port}/postgres` });
    client.on('error', () => {});
    await client.connect();
    await client.query(postgresSchema).finally(() => client.end());
  });
  return server;
}

/** Resolves when the server answers, within 20 s. */
async function answering(server: ChildProcess, ask: () => Promise<void>): Promise<void> {
  let failure: unknown;
  for (let tries = 0; tries < 400 && server.exitCode === null; tries++) {
    try {
      return await ask();
    } catch (error) {
      failure = error;
      await sleep(50);
    }
  }
  throw new Error('the server of the log did not start', { cause: failure });
}

function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const kill = setTimeout(() => server.kill('SIGKILL'), 5000);
    server.once('exit', () => {
      clearTimeout(kill);
      resolve();
    });
    server.kill('SIGQUIT');
  });
}

/** Returns the user that runs Postgres, which refuses to be run by root. */
function postgresUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function installed(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(':');
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Returns the newest Postgres of a Debian system, where it is not in the path. */
function newestPostgres(): string | undefined {
  const folder = '/usr/lib/postgresql';
  if (!existsSync(folder)) return undefined;
  const versions = readdirSync(folder).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(folder, version, 'bin', 'postgres')).find((path) => existsSync(path));
}
