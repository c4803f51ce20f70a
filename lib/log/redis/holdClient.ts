import type { RedisClient, RedisClusterClient } from './RedisClient.ts';
import { SharedClient } from './SharedClient.ts';

const clients = new WeakMap<object, SharedClient>();

/** Returns what the logs of one client share. Each holder releases it once. */
export function holdClient(client: RedisClient | RedisClusterClient, key: string): SharedClient {
  const shared = clients.get(client) ?? new SharedClient(client, () => clients.delete(client));
  clients.set(client, shared);
  shared.hold(key);
  return shared;
}
