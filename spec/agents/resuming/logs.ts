import { createClient } from '@redis/client';
import type { LogByName } from '../../../lib/agents/index.ts';
import type { EventLog } from '../../../lib/index.ts';
import { lmdbLog } from '../../../lib/log/lmdb/index.ts';
import { redisLog } from '../../../lib/log/redis/index.ts';

interface Logs {
  readonly open: LogByName;
  /** Closes all that were opened, and the connection. */
  close(): void;
}

/** Opens the logs of a storage: a folder, or the URL of Redis. */
export function logsIn(storage: string): Logs {
  const opened: EventLog[] = [];
  const opening = (openLog: LogByName, disconnect: () => void): Logs => ({
    open: (name) => {
      const log = openLog(name);
      opened.push(log);
      return log;
    },
    close: () => {
      for (const log of opened) log.close();
      disconnect();
    },
  });
  if (!storage.startsWith('redis:'))
    return opening(
      (name) => lmdbLog({ path: storage, name }),
      () => {},
    );
  const client = createClient({ url: storage });
  client.on('error', () => {});
  void client.connect();
  return opening(
    (name) => redisLog({ client, name }),
    () => client.destroy(),
  );
}
