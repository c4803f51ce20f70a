import { checkBytes, checkDuration, checkNumber } from '../../data/check.ts';
import { checkOptions } from '../../data/checkOptions.ts';
import { kindOf } from '../../data/kindOf.ts';
import type { EventLog } from '../EventLog.ts';
import { holdClient } from './holdClient.ts';
import type { RedisClient, RedisClusterClient } from './RedisClient.ts';
import { StreamLog } from './StreamLog.ts';

/** The Redis of a log, and how much it retains: at least this, and little more. @category log */
export interface RedisLogOptions {
  /**
   * A client of `redis` or `@redis/client`: of one server, or of a cluster. All logs of a process share one, and one more
   * connection that each master notifies of new entries. The app connects the client, and closes it after its logs.
   */
  readonly client: RedisClient | RedisClusterClient;
  /** The name of the log in Redis: its keys start with `rxsse:{name}`. Two with the same name are the same log. @default 'log' */
  readonly name?: string;
  /** The most entries, the newest ones. 1 or more; `Infinity` leaves it to `maxBytes`. @default 10000 */
  readonly maxEntries?: number;
  /**
   * The most bytes of history, as they are sent; older entries are removed even if `maxEntries` would retain them. 1 or
   * more.
   *
   * @default 16777216, 16 MiB
   */
  readonly maxBytes?: number;
  /**
   * The age in milliseconds of Redis's clock after which an entry may be removed: with the next append or read, or when the
   * newest one is that old. Above 0.
   *
   * @default Infinity: never for its age
   */
  readonly maxAge?: number;
  /** The most idempotency keys that are remembered, the newest ones. 0 or more. @default 10000 */
  readonly maxKeys?: number;
  /**
   * The milliseconds without an append after which Redis removes the log with all that it knows of it, for logs with many
   * names, such as one for each job. A reader that comes later gets a gap. Above 0.
   *
   * @default Infinity: never
   */
  readonly idleTimeout?: number;
  /**
   * How long an append is repeated while Redis cannot be reached or cannot write, in milliseconds; it errors with a
   * `StorageError` then. Above 0; `Infinity` repeats it until the log is closed and Redis answers.
   *
   * @default 10000
   */
  readonly appendTimeout?: number;
}

/**
 * Stores entries in a Redis stream, so that processes on any number of hosts append to the same log and read it. It needs
 * Redis 7.0 or newer, or Valkey; one server, Sentinel or a cluster.
 *
 * Each append, and each page with the state of the log, is one atomic script. An append whose answer was lost is repeated
 * and stored once. Readers are notified over one connection for all logs of a process, one for each master of a cluster;
 * the number of readers does not matter to Redis.
 *
 * Numbering and epoch continue when a process restarts. When Redis restarts or fails over, the last appends may be lost,
 * as its persistence decides: the numbering continues under a new epoch, and a cursor of one of the last 8 epochs that
 * points at an entry which still exists is exact. Entries that Redis has lost or removed become a gap.
 *
 * An append errors with `StorageError` when Redis cannot store it, with the remedy in its message.
 *
 * @example Orders for many processes
 * const client = await createClient({ url: 'redis://localhost' }).connect(); // of @redis/client
 * const orders = redisLog({ client, name: 'orders' });
 *
 * @throws TypeError or RangeError at once, for an option that is not valid.
 * @category log
 */
export function redisLog(options: RedisLogOptions): EventLog {
  checkOptions('redisLog', options, {
    client: '',
    name: 'string',
    maxEntries: '',
    maxBytes: '',
    maxAge: '',
    maxKeys: '',
    idleTimeout: '',
    appendTimeout: '',
  });
  const { client, name = 'log', maxEntries = 10_000, maxBytes = 16 * 1024 * 1024, maxAge = Infinity } = options;
  const { maxKeys = 10_000, idleTimeout = Infinity, appendTimeout = 10_000 } = options;
  if (typeof (client as Partial<RedisClient> | undefined)?.sendCommand !== 'function') {
    throw new TypeError(`redisLog: client must be a client of @redis/client, see createClient, got ${kindOf(client)}`);
  }
  if (name === '') throw new RangeError('redisLog: name must be a text of at least one character');
  checkNumber('redisLog: maxEntries', maxEntries, { min: 1 });
  checkBytes('redisLog: maxBytes', maxBytes);
  checkDuration('redisLog: maxAge', maxAge);
  checkNumber('redisLog: maxKeys', maxKeys, { min: 0 });
  checkDuration('redisLog: idleTimeout', idleTimeout);
  checkDuration('redisLog: appendTimeout', appendTimeout);
  // The braces make Redis Cluster store all keys of a log in one slot; encoded, a name cannot have any.
  const key = `rxsse:{${encodeURIComponent(name)}}`;
  const retention = { entries: maxEntries, bytes: maxBytes, age: maxAge };
  return new StreamLog(holdClient(client, key), key, { name, retention, keys: maxKeys, idleTimeout, appendTimeout });
}
