import { statSync } from 'node:fs';
import { join } from 'node:path';
import * as t from 'io-ts';
import { type EventLog, events, memoryLog } from 'rxsse';
import type { LogName, Storage } from './storage.ts';

/** The events that all servers publish. */
export const Ticks = events({ Tick: { mark: t.string, user: t.number, text: t.string } });

/** The bounds of a log that loses nothing of a run, since the publisher does not wait for readers. */
export const unbounded = { maxEntries: Infinity, maxBytes: 2 ** 28 };

/** Open logs with the connections that they use. */
interface OpenLogs extends OpenLog {
  readonly logs: readonly EventLog[];
}

/** An open log with the connections that it uses. */
export interface OpenLog {
  readonly log: EventLog;
  /** Returns the bytes in which all entries are stored, with everything around them. */
  stored(): Promise<number>;
  /** Closes the log, and its connections after what is still to be written. */
  close(): Promise<void>;
}

/** Opens a log with few connections of its own. The packages are loaded only in the process that uses them. */
export async function openLog(log: LogName, storage: Storage | undefined): Promise<OpenLog> {
  return openLogs(log, storage, 1, 2);
}

/** Opens several logs that share their connections, for Postgres at most this number; `log` is the first. */
export async function openLogs(
  log: LogName,
  storage: Storage | undefined,
  count: number,
  maxConnections = 10,
): Promise<OpenLogs> {
  const { create, stored, release } = await connect(log, storage?.at ?? '', maxConnections);
  const logs = Array.from({ length: count }, (_, index) => create(index === 0 ? 'log' : `log ${index}`));
  const [first] = logs;
  if (first === undefined) throw new RangeError('expected one log or more');
  const close = async (): Promise<void> => {
    for (const one of logs) one.close();
    await release();
  };
  return { log: first, logs, stored, close };
}

interface Connected {
  create(name: string): EventLog;
  stored(): Promise<number>;
  release(): Promise<void>;
}

function connect(log: LogName, at: string, maxConnections: number): Promise<Connected> {
  if (log === 'lmdb') return connectLmdb(at);
  if (log === 'redis') return connectRedis(at);
  if (log === 'postgres') return connectPostgres(at, maxConnections);
  return Promise.resolve({
    create: () => memoryLog(unbounded),
    stored: async () => heldBytes(),
    release: async () => {},
  });
}

async function connectLmdb(path: string): Promise<Connected> {
  const { lmdbLog } = await import('rxsse/lmdb');
  return {
    create: (name) => lmdbLog({ ...unbounded, path, name }),
    stored: async () => statSync(join(path, 'data.mdb'), { throwIfNoEntry: false })?.size ?? 0,
    release: async () => {},
  };
}

async function connectRedis(url: string): Promise<Connected> {
  const [{ createClient }, { redisLog }] = await Promise.all([import('@redis/client'), import('rxsse/redis')]);
  const client = await createClient({ url })
    .on('error', () => {})
    .connect();
  return {
    create: (name) => redisLog({ ...unbounded, client, name }),
    stored: async () => {
      const memory = await client.sendCommand(['INFO', 'memory']);
      return Number(/^used_memory:(\d+)/m.exec(String(memory))?.[1]);
    },
    release: async () => client.destroy(),
  };
}

async function connectPostgres(connectionString: string, max: number): Promise<Connected> {
  const [{ Pool }, { postgresLog }] = await Promise.all([import('pg'), import('rxsse/postgres')]);
  const pool = new Pool({ connectionString, max });
  pool.on('error', () => {});
  return {
    create: (name) => postgresLog({ ...unbounded, pool, name }),
    stored: async () => {
      const { rows } = await pool.query(
        "select sum(pg_total_relation_size(oid)) as size from pg_class where relkind = 'r'",
      );
      return Number(rows[0].size);
    },
    release: () => pool.end(),
  };
}

function heldBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
