import { expect } from 'chai';
import { NEVER } from 'rxjs';
import { RunLogs } from '../../../lib/feed/RunLogs.ts';
import { shutdown, sse } from '../../../lib/index.ts';
import { redisLog } from '../../../lib/log/redis/redisLog.ts';
import { listen } from '../../support/listen.ts';
import { openStream } from '../../support/openStream.ts';
import { onRedis } from './onRedis.ts';

describe('the streams of requests in a redisLog', () => {
  const redis = onRedis();
  const log = (id: string) => redisLog({ client: redis.client, name: `answers:${id}`, idleTimeout: 60_000 });

  it('leave no key for cursors of runs that do not exist, also for ids that a route could have created', async () => {
    const route = sse({ resume: { log, gapPolicy: 'end' } }, () => NEVER);
    const { key, log: unused } = new RunLogs(undefined, log).create(undefined, false);
    unused.close();
    await listen(route, async (url) => {
      for (const cursor of [
        `1.${key}AAAAAAAA.3`,
        `1.${key}.0`,
        '1.another-epoch.4',
        `1.${'x'.repeat(28)}.1`,
        'garbage',
      ]) {
        const wire = await openStream(url, { headers: { 'last-event-id': cursor } });
        expect(await wire.ended())
          .to.include('event: rxsse.gap')
          .and.include('event: rxsse.end');
      }
      expect(await redis.client.dbSize()).to.equal(0);
    });
  });

  it('have keys that Redis removes when nothing was appended for the idleTimeout', async () => {
    const route = sse({ resume: { log }, onError: () => {} }, () => NEVER);
    await listen(route, async (url) => {
      const wire = await openStream(url);
      await wire.until(/\n\n/);
      const keys = await redis.client.keys('*');
      expect(keys.some((key) => /^rxsse:\{answers%3A[\w-]{20}\}$/.test(key))).to.equal(true);
      for (const key of keys) expect(await redis.client.pTTL(key), key).to.be.above(0);
      wire.close();
      await shutdown(route, { duration: 0 });
    });
  });

  it('answer as a full server does when Redis is gone', async () => {
    const server = await redis.server.connect();
    server.destroy();
    const route = sse(
      { resume: { log: (id) => redisLog({ client: server, name: id, appendTimeout: 100 }) } },
      () => NEVER,
    );
    await listen(route, async (url) => {
      const wire = await openStream(url, { headers: { 'rxsse-client': '1' }, patience: 10_000 });
      expect(wire.status).to.equal(503);
    });
  });
});
