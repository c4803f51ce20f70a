import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { postgresSchema } from '../../lib/log/postgres/postgresSchema.ts';
import { freePort } from './nginx.ts';

/** The user and the group that may run the server: the one of the package, since root may not. */
function serverUser(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** A server of PostgreSQL that specs have started, with its data in a temporary folder. */
export class PostgresServer {
  readonly port: number;
  readonly #bin: string;
  readonly #folder: string;
  readonly #user = serverUser();
  #name = 'data';
  #process: ChildProcess | undefined;
  readonly #onExit = () => this.#process?.kill('SIGKILL');

  private constructor(postgres: string, port: number) {
    // It may be a link in another folder, without the other programs beside it.
    this.#bin = dirname(realpathSync(postgres));
    this.port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'rxsse-postgres-'));
    const { uid, gid } = this.#user;
    if (uid !== undefined && gid !== undefined) chownSync(this.#folder, uid, gid);
    process.once('exit', this.#onExit);
  }

  /** Creates a database with the tables of the log, and starts its server. */
  static async create(postgres: string): Promise<PostgresServer> {
    const server = new PostgresServer(postgres, await freePort());
    const arguments_ = ['-D', server.data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'];
    const { status, stderr } = spawnSync(join(server.#bin, 'initdb'), arguments_, {
      ...server.#user,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`initdb: ${stderr}`);
    await server.start();
    await server.run(postgresSchema);
    return server;
  }

  /** The folder of the data. */
  get data(): string {
    return join(this.#folder, this.#name);
  }

  /** The settings of a pool. */
  get connection() {
    return { host: '127.0.0.1', port: this.port, user: 'postgres', database: 'postgres' };
  }

  async start(): Promise<void> {
    const settings = {
      port: this.port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      max_connections: 200,
      shared_buffers: '32MB',
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(join(this.#bin, 'postgres'), ['-D', this.data, ...flags], {
      ...this.#user,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const output: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
    this.#process = child;
    for (let attempt = 0; attempt < 500 && child.exitCode === null; attempt++) {
      const isReady = await this.run('select 1').then(
        () => true,
        () => false,
      );
      if (isReady) return;
      await sleep(20);
    }
    throw new Error(`postgres did not start: ${output.join('')}`);
  }

  /** Runs statements on a connection of their own, and returns the rows of the last one. */
  async run(sql: string, values?: unknown[]): Promise<readonly Record<string, unknown>[]> {
    const client = new Client(this.connection);
    client.on('error', () => {});
    await client.connect();
    try {
      const results: unknown = await client.query(sql, values);
      const last = Array.isArray(results) ? results.at(-1) : results;
      return (last as { rows: Record<string, unknown>[] }).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Stops the server: `fast` closes all connections first, `immediate` leaves it as after a crash. */
  async stop(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await once(child, 'exit');
  }

  /** Copies the data while the server runs, as for a replica. */
  backup(name: string): void {
    const to = join(this.#folder, name);
    const flags = ['-D', to, '-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres', '-c', 'fast', '--no-sync'];
    const result = spawnSync(join(this.#bin, 'pg_basebackup'), flags, { ...this.#user, encoding: 'utf8' });
    if (result.status !== 0) throw new Error(`pg_basebackup: ${result.error ?? result.stderr}`);
    // It starts as a replica, which can be promoted.
    writeFileSync(join(to, 'standby.signal'), '');
  }

  /** Crashes the server, and starts a replica with the data of the time when it was copied. */
  async failOver(name: string): Promise<void> {
    await this.stop('immediate');
    this.#name = name;
    await this.start();
    await this.run('select pg_promote()');
  }

  /** Stops the server and removes its data. */
  async remove(): Promise<void> {
    await this.stop('immediate');
    process.removeListener('exit', this.#onExit);
    if (statSync(this.#folder, { throwIfNoEntry: false })) rmSync(this.#folder, { recursive: true });
  }
}

let shared: Promise<PostgresServer> | undefined;

/** Returns the one server of this run of mocha, which is started by the first caller. */
export function sharedServer(postgres: string): Promise<PostgresServer> {
  shared ??= PostgresServer.create(postgres);
  return shared;
}

// Specs import this before their `describe`, so this is a hook of the root.
if (typeof after === 'function') after(() => shared?.then((server) => server.remove()));
