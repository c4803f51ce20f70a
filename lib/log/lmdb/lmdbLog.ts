import { asyncScheduler } from 'rxjs';
import { checkBytes, checkDuration, checkNumber, checkOneOf } from '../../data/check.ts';
import { checkOptions } from '../../data/checkOptions.ts';
import type { EventLog } from '../EventLog.ts';
import { bootId } from './bootId.ts';
import { holdEnvironment } from './holdEnvironment.ts';
import { StoredLog, type StoredLogOptions } from './StoredLog.ts';

/** The location of a durable log, and how much it retains: at least this, and little more. @category log */
export interface LmdbLogOptions {
  /**
   * The folder of the LMDB environment; it is created if necessary. Any number of logs and of processes on one machine
   * share one. It must be on a local disk: LMDB loses data on a network file system.
   */
  readonly path: string;
  /** The name of the log in the environment. Two with the same name are the same log. @default 'log' */
  readonly name?: string;
  /** The most entries, the newest ones. 1 or more; `Infinity` leaves it to `maxBytes`. @default 10000 */
  readonly maxEntries?: number;
  /**
   * The most bytes of history, as they are sent; older entries are removed even if `maxEntries` would retain them. 1 or
   * more. The file reuses freed space and does not shrink. @default 16777216, 16 MiB
   */
  readonly maxBytes?: number;
  /**
   * The age in milliseconds of the wall clock after which an entry is removed: when it is older by an eighth, and at the
   * latest a minute after that, whether or not anything is appended. It is stored with the log, and holds while any
   * process has a log with an age of the same folder open, also for logs that none has open. Above 0.
   *
   * @default Infinity: never for its age
   */
  readonly maxAge?: number;
  /** The most idempotency keys that are remembered, the newest ones, also over restarts. 0 or more. @default 10000 */
  readonly maxKeys?: number;
  /**
   * When an append is acknowledged. `'visible'`: when every process sees it; it survives `kill -9` but not a crash of
   * the machine, which writes it to the disk a moment later. `'flushed'`: when it is on the disk. Readers get it as
   * soon as it is visible in either case. @default 'visible'
   */
  readonly durability?: 'visible' | 'flushed';
  /**
   * The most reads of the folder at once, over all processes; each process of this library needs one, each other tool
   * that reads the file as well, and one that was killed holds its own until another process opens the folder. A whole
   * number from 1. The process that opens the folder first, while no other has it open, decides. Where all are in use,
   * reading fails with a `StorageError`, is repeated, and then disconnects readers, which reconnect.
   *
   * @default 1024
   */
  readonly maxReaders?: number;
}

/**
 * Stores entries in an LMDB file: they survive restarts and `kill -9`, and several processes of one machine append to
 * the same log and read it.
 *
 * A log is stored with its first append, or its end: reading one of any other name leaves nothing in the file.
 *
 * Numbering and epoch continue when a process restarts, so that a restart is not a gap. When the *machine* reboots the
 * numbering continues under a new epoch, since what was not yet on the disk is lost; a cursor of one of the last 8
 * epochs that points at an entry which still exists is exact.
 *
 * Appends of one turn, of all logs in a folder, are one transaction. An append removes at most 1024 old entries.
 * Appends of other processes are noticed within 20 ms, and polled for only while there are readers. The folder is
 * released when its last log is closed and everything appended is written.
 *
 * A claim is counted by the monotonic clock of the machine, which is never set. It ends before its lease where its process
 * has ended and was of the same container: a process that is restarted after `kill -9` claims at once.
 *
 * An append errors with `StorageError` when the disk is full or broken: none of it is stored, everything acknowledged
 * is retained, and the log continues when there is room.
 *
 * @example Orders that outlive the server
 * const orders = lmdbLog({ path: './data', name: 'orders', durability: 'flushed' });
 *
 * @throws StorageError at once, when the folder cannot be opened.
 * @throws TypeError or RangeError at once, for a bound that is not valid.
 * @category log
 */
export function lmdbLog(options: LmdbLogOptions): EventLog {
  checkOptions('lmdbLog', options, {
    path: 'string',
    name: 'string',
    maxEntries: '',
    maxBytes: '',
    maxAge: '',
    maxKeys: '',
    durability: '',
    maxReaders: '',
  });
  return openLog(options, {});
}

const elapsedMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);

/** Opens a log with clocks and a boot identifier that a spec replaces. @internal */
export function openLog(
  { path, name = 'log', maxEntries = 10_000, maxBytes = 16 * 1024 * 1024, maxAge = Infinity, ...rest }: LmdbLogOptions,
  {
    boot = bootId(),
    now = () => asyncScheduler.now(),
    elapsed = elapsedMs,
  }: Partial<Pick<StoredLogOptions, 'boot' | 'now' | 'elapsed'>>,
): EventLog {
  const { maxKeys = 10_000, durability = 'visible', maxReaders = 1024 } = rest;
  checkOneOf('lmdbLog: durability', durability, ['visible', 'flushed']);
  checkNumber('lmdbLog: maxEntries', maxEntries, { min: 1 });
  checkBytes('lmdbLog: maxBytes', maxBytes);
  checkDuration('lmdbLog: maxAge', maxAge);
  checkNumber('lmdbLog: maxKeys', maxKeys, { min: 0 });
  checkNumber('lmdbLog: maxReaders', maxReaders, { min: 1, max: 65_535, whole: true });
  const retention = { entries: maxEntries, bytes: maxBytes, age: maxAge };
  return new StoredLog(holdEnvironment(path, maxReaders), {
    name,
    retention,
    keys: maxKeys,
    durability,
    boot,
    now,
    elapsed,
  });
}
