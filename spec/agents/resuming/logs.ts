import { createClient } from '@redis/client';
import type { LogByName } from '../../../lib/agents/index.ts';
import { lmdbLog } from '../../../lib/log/lmdb/index.ts';
import { redisLog } from '../../../lib/log/redis/index.ts';

/** Opens the logs of a storage: a folder, or the URL of Redis. */
export function logsIn(storage: string): LogByName {
  if (!storage.startsWith('redis:')) return (name) => lmdbLog({ path: storage, name });
  const client = createClient({ url: storage });
  client.on('error', () => {});
  void client.connect();
  return (name) => redisLog({ client, name });
}
