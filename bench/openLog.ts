import { statSync } from 'node:fs';
import { join } from 'node:path';
import * as t from 'io-ts';
import { type EventLog, events, memoryLog } from 'rxsse';
import type { LogName, Storage } from './storage.ts';

/** The events that all servers publish. */
export const Ticks = events({ Tick: { mark: t.string, user: t.number, text: t.string } });

/** The bounds of a log that loses nothing of a run, since the publisher does not wait for readers. */
export const unbounded = { maxEntries: Infinity, maxBytes: 2 ** 28 };

/** An open log with the connections that it uses. */
export interface OpenLog {
  readonly log: EventLog;
  /** Returns the bytes in which all entries are stored, with everything around them. */
  stored(): Promise<number>;
  /** Closes the log, and its connections after what is still to be written. */
  close(): Promise<void>;
}

/** Opens a log of one name. The packages are loaded only in the process that uses them. */
export async function openLog(log: LogName, storage: Storage | undefined): Promise<OpenLog> {
  const at = storage?.at ?? '';
  if (log === 'lmdb') return openLmdb(at);
  if (log === 'redis') return openRedis(at);
  if (log === 'postgres') return openPostgres(at);
  const memory = memoryLog(unbounded);
  return { log: memory, stored: async () => heldBytes(), close: async () => memory.close() };
}

async function openLmdb(path: string): Promise<OpenLog> {
  const { lmdbLog } = await import('rxsse/lmdb');
  const log = lmdbLog({ ...unbounded, path });
  return { log, stored: async () => statSync(join(path, 'data.mdb')).size, close: async () => log.close() };
}

async function openRedis(url: string): Promise<OpenLog> {
  const [{ createClient }, { redisLog }] = await Promise.all([import('@redis/client'), import('rxsse/redis')]);
  const client = await createClient({ url })
    .on('error', () => {})
    .connect();
  const log = redisLog({ ...unbounded, client });
  const stored = async (): Promise<number> => {
    const memory = await client.sendCommand(['INFO', 'memory']);
    return Number(/^used_memory:(\d+)/m.exec(String(memory))?.[1]);
  };
  const close = async (): Promise<void> => {
    log.close();
    client.destroy();
  };
  return { log, stored, close };
}

async function openPostgres(connectionString: string): Promise<OpenLog> {
  const [{ Pool }, { postgresLog }] = await Promise.all([import('pg'), import('rxsse/postgres')]);
  const pool = new Pool({ connectionString, max: 4 });
  pool.on('error', () => {});
  const log = postgresLog({ ...unbounded, pool });
  const stored = async (): Promise<number> => {
    const { rows } = await pool.query("select pg_total_relation_size('rxsse.entries') as size");
    return Number(rows[0].size);
  };
  const close = async (): Promise<void> => {
    log.close();
    await pool.end();
  };
  return { log, stored, close };
}

function heldBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
