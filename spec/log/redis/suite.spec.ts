import type { EventLog } from '../../../lib/log/EventLog.ts';
import { redisLog } from '../../../lib/log/redis/redisLog.ts';
import { logSuite } from '../../../lib/testing/logSuite.ts';
import { type RedisServer, startRedis } from '../../support/redis.ts';
import { requires } from '../../support/requires.ts';

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
      const logs: EventLog[] = [];
      const open = (index = 0) => {
        const [own, others] = clients;
        const client = index === 0 ? own : others;
        if (client === undefined) throw new Error('there is no client');
        const log = redisLog({ client, name, maxEntries: entries, maxBytes: 64 * 1024 * 1024 });
        logs.push(log);
        return log;
      };
      const closeAll = () => {
        for (const log of logs.splice(0)) log.close();
      };
      return {
        log: open(),
        reopen: () => {
          closeAll();
          return open();
        },
        second: () => open(1),
        close: closeAll,
      };
    },
    { timeout: 4000 },
  );
});
