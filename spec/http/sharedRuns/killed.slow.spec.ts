import { closing } from '../../support/closing.ts';
import { sharedServer } from '../../support/postgres.ts';
import { startRedis } from '../../support/redis.ts';
import { requires } from '../../support/requires.ts';
import { endsAfterKill, isFencedAfterPause } from './resumeElsewhere.ts';

/** The lease, and what the claim of another process may take. */
const patience = 15_000;

describe('an answer whose process is killed', function () {
  this.timeout(30_000);

  describe('with redisLog', () => {
    const path = requires('redis-server');

    it('ends as failed for its readers elsewhere, within the lease', async () => {
      const redis = await startRedis(path());
      await closing(
        () => redis.remove(),
        () => endsAfterKill(redis.url, patience),
      );
    });
  });

  describe('with redisLog, and is not killed but paused', () => {
    const path = requires('redis-server');

    it('ends as failed, and nothing of its process is stored when that continues', async () => {
      const redis = await startRedis(path());
      await closing(
        () => redis.remove(),
        () => isFencedAfterPause(redis.url, patience),
      );
    });
  });

  describe('with postgresLog', () => {
    const path = requires('postgres');

    it('ends as failed for its readers elsewhere, within the lease', async () => {
      const { port } = await sharedServer(path());
      await endsAfterKill(`postgres://postgres@127.0.0.1:${port}/postgres`, patience);
    });
  });
});
