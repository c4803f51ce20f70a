import { expect } from 'chai';
import { playHistories } from '../histories.ts';
import { logUnderTest } from '../logUnderTest.ts';
import { onRedis } from './onRedis.ts';

describe('redisLog', function () {
  this.timeout(120_000);
  const redis = onRedis();

  it('answers like an array in 200 random histories on one server, opened again in one step of twenty', async () => {
    const other = await redis.server.connect();
    let names = 0;
    const { trimmed } = await playHistories(({ entries }) => {
      const name = `history ${++names}`;
      const open = (client = redis.client) =>
        redis.open({ client, name, maxEntries: entries, maxBytes: 64 * 1024 * 1024 });
      return logUnderTest(open, () => open(other));
    }, 200);
    expect(trimmed, 'entries that were removed').to.be.above(100);
  });
});
