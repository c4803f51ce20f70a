import type { RedisClientType } from '@redis/client';
import type { EventLog } from '../../../lib/log/EventLog.ts';
import { type RedisLogOptions, redisLog } from '../../../lib/log/redis/redisLog.ts';
import { type RedisServer, startRedis } from '../../support/redis.ts';
import { requires } from '../../support/requires.ts';

interface OnRedis {
  readonly server: RedisServer;
  /** A connected client. */
  readonly client: RedisClientType;
  /** The name of the log of this spec. */
  readonly name: string;
  /** Opens the log of this spec, which is closed after it at the latest. */
  open(options?: Partial<RedisLogOptions>): EventLog;
}

/** Starts one Redis for all specs of a suite, with a log of another name for each spec. */
export function onRedis(options: readonly string[] = []): OnRedis {
  const path = requires('redis-server');
  const logs: EventLog[] = [];
  let server: RedisServer | undefined;
  let client: RedisClientType | undefined;
  let names = 0;

  before(async () => {
    server = await startRedis(path(), options);
    client = await server.connect();
  });
  beforeEach(() => {
    names++;
  });
  afterEach(() => {
    for (const log of logs.splice(0)) log.close();
  });
  after(() => server?.remove());

  return {
    get server() {
      return present(server);
    },
    get client() {
      return present(client);
    },
    get name() {
      return `log ${names}`;
    },
    open(settings = {}) {
      const log = redisLog({ client: present(client), name: `log ${names}`, ...settings });
      logs.push(log);
      return log;
    },
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('redis-server is not running');
  return value;
}

/** Resolves to the error of a rejected promise. */
export async function errorOf(promise: Promise<unknown>): Promise<Error & { readonly code?: unknown }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('expected an error, got a value');
}
