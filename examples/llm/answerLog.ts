import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type RedisClientType } from '@redis/client';
import type { EventLog } from 'rxsse';
import { lmdbLog } from 'rxsse/lmdb';
import { redisLog } from 'rxsse/redis';

/** Where the answers of a server are stored. */
interface AnswerLog {
  /** In words, for the terminal. */
  readonly where: string;
  /** Creates the log of one answer; `undefined` for one in memory. */
  readonly log: ((id: string) => EventLog) | undefined;
  close(): void;
}

const day = 24 * 60 * 60_000;

/** Returns the log that the environment names: `REDIS_URL`, `LOG=memory`, or else a file in the folder `DATA`. */
export async function answerLogIn(env: Readonly<Record<string, string | undefined>>): Promise<AnswerLog> {
  const { REDIS_URL: url, LOG, DATA } = env;
  if (LOG === 'memory') return { where: 'in memory', log: undefined, close: () => {} };
  if (!url) {
    const path = DATA || join(tmpdir(), 'rxsse-llm');
    return { where: `in ${path}`, log: (id) => lmdbLog({ path, name: `answers:${id}`, maxAge: day }), close: () => {} };
  }
  const client = createClient({ url });
  // Without a listener an error of the connection would end the process; the client reconnects by itself.
  client.on('error', (error) => console.error(`Redis: ${error.message || error.code}`));
  await client.connect();
  const log = (id: string) => redisLog({ client: client as RedisClientType, name: `answers:${id}`, idleTimeout: day });
  return { where: `in the Redis at ${new URL(url).host}`, log, close: () => client.destroy() };
}
