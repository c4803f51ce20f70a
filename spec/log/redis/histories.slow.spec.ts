import { expect } from 'chai';
import type { EventLog } from '../../../lib/log/EventLog.ts';
import { playHistories } from '../histories.ts';
import { onRedis } from './onRedis.ts';

describe('redisLog', function () {
  this.timeout(120_000);
  const redis = onRedis();

  it('answers like an array in 200 random histories on one server, opened again in one step of twenty', async () => {
    const other = await redis.server.connect();
    let names = 0;
    const { trimmed } = await playHistories(({ entries }) => {
      const name = `history ${++names}`;
      const logs: EventLog[] = [];
      const open = (client = redis.client) => {
        const log = redis.open({ client, name, maxEntries: entries, maxBytes: 64 * 1024 * 1024 });
        logs.push(log);
        return log;
      };
      const closeAll = () => {
        for (const log of logs.splice(0)) log.close();
      };
      const reopen = () => {
        closeAll();
        return open();
      };
      return { log: open(), reopen, second: () => open(other), close: closeAll };
    }, 200);
    expect(trimmed, 'entries that were removed').to.be.above(100);
  });
});
