import { existsSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';

const linux = '/proc/sys/kernel/random/boot_id';

/**
 * Names the time since the machine was started. Where the system gives no name
 * it is the minute of the start: a guess that is off gives a new epoch too many,
 * which costs no reader anything.
 */
export function bootId(file = linux): string {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  return `minute ${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
}

/**
 * Whether LMDB itself can tell that the machine was not restarted. Only then
 * does it trust, after `kill -9`, what it committed and had not yet flushed.
 */
export function lmdbKnowsBoots(): boolean {
  return process.platform === 'darwin' || existsSync(linux);
}
