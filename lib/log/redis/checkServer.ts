import { StorageError } from '../../error/StorageError.ts';

/** Sharded channels, and scripts that may publish to them, exist from this version. */
const minRedisVersion = 7;

/**
 * Checks a server by its `INFO`.
 *
 * @throws StorageError for one that cannot store a log.
 */
export function checkServer(info: string): void {
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? '';
  const version = field('redis_version');
  if (version !== '' && Number.parseInt(version, 10) < minRedisVersion) {
    throw new StorageError('use this Redis', `its version is ${version}`, 'use Redis 7.0 or newer, or Valkey');
  }
  if (field('role') === 'slave' && field('slave_read_only') === '1') {
    throw new StorageError(
      'use this Redis',
      'it is a read-only replica',
      'connect the client to the master',
      'READONLY',
    );
  }
}

/** Returns what should be changed in the configuration of a server, so that it removes no entries by itself. */
export function evictionWarning(info: string): string | undefined {
  const policy = /^maxmemory_policy:(allkeys-\w+)/m.exec(info)?.[1];
  if (policy === undefined || /^maxmemory:0\r?$/m.test(info)) return undefined;
  return `redisLog: maxmemory-policy ${policy} lets Redis remove stored events when its memory is full, which readers get as a gap; set it to noeviction or volatile-lru`;
}
