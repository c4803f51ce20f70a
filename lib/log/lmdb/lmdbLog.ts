import { asyncScheduler } from 'rxjs';
import { checkDuration, checkNumber } from '../../data/check.ts';
import type { EventLog } from '../EventLog.ts';
import { bootId } from './bootId.ts';
import { holdEnvironment } from './holdEnvironment.ts';
import { StoredLog, type StoredLogOptions } from './StoredLog.ts';

/** Where a durable log is, and how much it keeps: at least this, and little more. @category log */
export interface LmdbLogOptions {
  /**
   * The folder of the LMDB environment, made unless it is there. Any number of
   * logs and of processes on one machine share one. On a local disk: over a
   * network file system LMDB loses data.
   */
  readonly path: string;
  /** Which log of the environment. Two of one name are the same log. @default 'log' */
  readonly name?: string;
  /** The newest entries that are kept. 1 or more; `Infinity` leaves it to `bytes`. @default 10000 */
  readonly maxEntries?: number;
  /**
   * Bytes of history, as they go over the wire; the older entries beyond are let
   * go even if `entries` would keep them. 1 or more. The file gives freed space
   * to new entries and does not become smaller. @default 16 MiB
   */
  readonly maxBytes?: number;
  /**
   * Milliseconds of the wall clock after which an entry may be let go, when the
   * next one is appended. Above 0. @default Infinity: never for its age
   */
  readonly maxAge?: number;
  /** How many idempotency keys are remembered, over restarts too, the newest ones. 0 or more. @default 10000 */
  readonly maxKeys?: number;
  /**
   * When an append is acknowledged. `'visible'`: when every process sees it; it
   * survives `kill -9` and not the machine, which writes it to the disk a moment
   * later. `'flushed'`: when it is on the disk. Readers see it as soon as it is
   * visible either way. @default 'visible'
   */
  readonly durability?: 'visible' | 'flushed';
}

/**
 * Remembers entries in an LMDB file: they survive restarts and `kill -9`, and
 * several processes of one machine append to the same log and read it.
 *
 * Numbering and epoch go on when a process is started again, so that a restart
 * is no gap for anybody. When the *machine* is started again the numbering goes
 * on under a new epoch, since what was not yet on the disk is lost; a cursor of
 * one of the last 8 epochs that points at an entry which is still there is exact.
 *
 * Appends of one turn, of all logs in a folder, are one transaction. One lets go
 * of a few old entries at a time, 1024 at most. Other processes' appends are
 * noticed within 20 ms, and looked for only while somebody reads. The folder is
 * let go of when its last log is closed and what was appended is written.
 *
 * An append errors with `StorageError` when the disk is full or broken: none of
 * it is remembered, what was acknowledged is kept, and the log goes on when
 * there is room.
 *
 * @example What was ordered outlives the server
 * const orders = lmdbLog({ path: './data', name: 'orders', durability: 'flushed' });
 *
 * @throws StorageError at once, when the folder cannot be opened.
 * @throws RangeError at once, for a bound that is none.
 * @category log
 */
export function lmdbLog(options: LmdbLogOptions): EventLog {
  return openLog(options, {});
}

/** The same in surroundings that a spec makes up. @internal */
export function openLog(
  { path, name = 'log', maxEntries = 10_000, maxBytes = 16 * 1024 * 1024, maxAge = Infinity, ...rest }: LmdbLogOptions,
  { boot = bootId(), now = () => asyncScheduler.now() }: Partial<Pick<StoredLogOptions, 'boot' | 'now'>>,
): EventLog {
  const { maxKeys = 10_000, durability = 'visible' } = rest;
  checkNumber('lmdbLog: maxEntries', maxEntries, { min: 1 });
  checkNumber('lmdbLog: maxBytes', maxBytes, { min: 1 });
  checkDuration('lmdbLog: maxAge', maxAge);
  checkNumber('lmdbLog: maxKeys', maxKeys, { min: 0 });
  const retention = { entries: maxEntries, bytes: maxBytes, age: maxAge };
  return new StoredLog(holdEnvironment(path), { name, retention, keys: maxKeys, durability, boot, now });
}
