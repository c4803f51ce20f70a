import { redisLog } from '../../../lib/log/redis/redisLog.ts';
import { logSuite } from '../../../lib/testing/logSuite.ts';
import { type RedisServer, startRedis } from '../../support/redis.ts';
import { requires } from '../../support/requires.ts';
import { logUnderTest } from '../logUnderTest.ts';

describe('redisLog, with a new name for each test on one server,', () => {
  const path = requires('redis-server');
  let server: RedisServer;
  let clients: Awaited<ReturnType<RedisServer['connect']>>[];
  let names = 0;

  before(async () => {
    server = await startRedis(path());
    clients = [await server.connect(), await server.connect()];
  });
  after(() => server?.remove());

  logSuite(
    'keeps the promises of a log',
    ({ entries }) => {
      const name = `log ${++names}`;
      const open = (index: 0 | 1) => () => {
        const client = clients[index];
        if (client === undefined) throw new Error('there is no client');
        return redisLog({ client, name, maxEntries: entries, maxBytes: 64 * 1024 * 1024 });
      };
      return logUnderTest(open(0), open(1));
    },
    { timeout: 4000 },
  );
});
