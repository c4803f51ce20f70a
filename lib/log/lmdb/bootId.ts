import { existsSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';

const linux = '/proc/sys/kernel/random/boot_id';

/**
 * Identifies the boot of the machine. Where the system has no identifier it is the minute of the boot: a wrong guess
 * creates one epoch too many, which loses nothing.
 */
export function bootId(file = linux): string {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  return `minute ${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
}

/**
 * Returns true if LMDB itself can tell that the machine was not rebooted. Only then does it trust, after `kill -9`,
 * what it committed and had not yet flushed.
 */
export function lmdbKnowsBoots(): boolean {
  return process.platform === 'darwin' || existsSync(linux);
}
