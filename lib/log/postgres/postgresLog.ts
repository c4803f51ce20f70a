import { checkBytes, checkDuration, checkNumber } from '../../data/check.ts';
import { checkOptions } from '../../data/checkOptions.ts';
import { kindOf } from '../../data/kindOf.ts';
import type { Contract, EventOf } from '../../event/events.ts';
import type { Appended, AppendOptions, EventLog } from '../EventLog.ts';
import type { PostgresClient, PostgresPool } from './PostgresPool.ts';
import { holdPool } from './SharedPool.ts';
import { TableLog } from './TableLog.ts';

/** The database of a log, and how much it retains: at least this, and little more. @category log */
export interface PostgresLogOptions {
  /**
   * A pool of `pg`, to a database with the tables of `postgresSchema`. All logs of a process share one; while there are
   * readers, one of its connections listens for all of them. The app ends the pool, after it has closed the logs.
   */
  readonly pool: PostgresPool;
  /** The name of the log in the database: 1 to 500 characters. Two with the same name are the same log. @default 'log' */
  readonly name?: string;
  /** The most entries, the newest ones. 1 or more; `Infinity` leaves it to the other bounds. @default 10000 */
  readonly maxEntries?: number;
  /**
   * The most bytes of history, as they are sent; older entries are removed even if `maxEntries` would retain them. 1 or
   * more; `Infinity` leaves it to the other bounds.
   *
   * @default 16777216, 16 MiB
   */
  readonly maxBytes?: number;
  /**
   * The age in milliseconds of the server's clock after which an entry is removed: when it is older by an eighth, and at
   * the latest a minute after that, whether or not anything is appended. It is stored with the next append, and holds
   * while any process has a log with an age open, also for logs that none has open. Above 0.
   *
   * @default Infinity: never for its age
   */
  readonly maxAge?: number;
  /** The most idempotency keys that are remembered, the newest ones. 0 or more. @default 10000 */
  readonly maxKeys?: number;
  /**
   * How often the process looks for appends of others whose notification was lost, in milliseconds: one statement for all
   * logs of the pool, while there are readers; the smallest interval of its logs counts. Lower it behind a proxy that
   * passes no notifications on. 1 to 2147483647.
   *
   * @default 1000
   */
  readonly pollInterval?: number;
  /**
   * How long an append is repeated while the database cannot be reached, in milliseconds; it errors with a `StorageError`
   * then. Above 0; `Infinity` repeats it until the database answers.
   *
   * @default 10000
   */
  readonly appendTimeout?: number;
}

/** A log in Postgres. @category log */
export interface PostgresLog extends EventLog {
  /**
   * Appends events in a transaction of the caller: they are stored when it commits, at the positions that it resolves
   * with, and never when it does not. Readers get them after the commit.
   *
   * Commit soon: until then, other appends to this log wait, in all processes. In an isolation level above read committed
   * the transaction fails with the code `40001` where others have appended since it started; repeat it then. Do not wait
   * for `append`, or for the `publish` of a feed, to the same log within the transaction: it would wait for the commit.
   *
   * @param client the connection of the transaction
   * @param events one event of the contract, or an array; they are checked as `publish` of a feed checks them
   * @throws StorageError, ClosedError or FencedError, as `append` does; roll the transaction back then.
   * @throws DecodeError for an event that does not match the contract.
   */
  appendIn<C extends Contract>(
    client: PostgresClient,
    contract: C,
    events: EventOf<C> | readonly EventOf<C>[],
    options?: AppendOptions,
  ): Promise<Appended>;
}

/**
 * Stores entries in PostgreSQL 14 or newer, beside the data of the app: events can be appended in the transaction that
 * changes the data, and processes on any number of hosts append to the same log and read it.
 *
 * Positions are dense and in the order of the commits. Each call is one statement, which stores everything that was
 * appended meanwhile; one whose answer was lost is repeated, and stored once. Readers are notified over one connection
 * for all logs of a process; their number does not matter to the database.
 *
 * Numbering and epoch continue when a process or the server restarts. Where another server takes over, or the tables are
 * restored, the numbering continues under a new epoch, since the newest entries may be lost; a cursor of one of the last
 * 8 epochs that points at an entry which still exists is exact.
 *
 * An append errors with `StorageError` when the database cannot store it, with the remedy in its message. What makes the
 * database unusable, a missing table for example, is also reported when the first log of a pool is created, by the
 * function of `setErrorReporter`.
 *
 * @example Store an order and its event in one transaction
 * import { Pool } from 'pg';
 * const pool = new Pool();
 * const log = postgresLog({ pool, name: 'orders' });
 * const client = await pool.connect();
 * await client.query('begin');
 * await client.query('insert into orders (id, total) values ($1, $2)', ['A-17', 12.5]);
 * await log.appendIn(client, Orders, Orders.OrderPaid({ order: 'A-17', user: 'ann', total: 12.5 }));
 * await client.query('commit');
 *
 * @throws TypeError or RangeError at once, for an option that is not valid.
 * @category log
 */
export function postgresLog(options: PostgresLogOptions): PostgresLog {
  checkOptions('postgresLog', options, {
    pool: 'object',
    name: 'string',
    maxEntries: '',
    maxBytes: '',
    maxAge: '',
    maxKeys: '',
    pollInterval: '',
    appendTimeout: '',
  });
  const { pool, name = 'log', maxEntries = 10_000, maxBytes = 16 * 1024 * 1024, maxAge = Infinity } = options;
  const { maxKeys = 10_000, pollInterval = 1000, appendTimeout = 10_000 } = options;
  if (typeof (pool as Partial<PostgresPool> | undefined)?.connect !== 'function') {
    throw new TypeError(`postgresLog: pool must be a Pool of the package pg, got ${kindOf(pool)}`);
  }
  if ((pool as { readonly options?: { readonly max?: number } }).options?.max === 1) {
    throw new RangeError('postgresLog: the pool has max 1, and one connection listens; set its max to 2 or more');
  }
  if (name === '' || name.length > 500 || name.includes('\0')) {
    throw new RangeError('postgresLog: name must be a text of 1 to 500 characters without NUL; choose another one');
  }
  checkNumber('postgresLog: maxEntries', maxEntries, { min: 1 });
  checkBytes('postgresLog: maxBytes', maxBytes);
  checkDuration('postgresLog: maxAge', maxAge);
  checkNumber('postgresLog: maxKeys', maxKeys, { min: 0 });
  checkNumber('postgresLog: pollInterval', pollInterval, { min: 1, max: 2 ** 31 - 1, unit: 'ms' });
  checkDuration('postgresLog: appendTimeout', appendTimeout);
  const retention = { entries: Math.ceil(maxEntries), bytes: Math.ceil(maxBytes), age: maxAge };
  const shared = holdPool(pool, pollInterval, maxAge);
  return new TableLog(shared, { name, retention, keys: Math.floor(maxKeys), appendTimeout });
}
