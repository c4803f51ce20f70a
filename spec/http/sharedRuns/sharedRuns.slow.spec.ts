import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closing } from '../../support/closing.ts';
import { sharedServer } from '../../support/postgres.ts';
import { type RedisServer, startRedis } from '../../support/redis.ts';
import { requires } from '../../support/requires.ts';
import {
  endsAfterKill,
  endsWithShutdown,
  refusesOtherOwners,
  resumesElsewhere,
  stopsElsewhere,
  stopsWithoutReader,
} from './resumeElsewhere.ts';

const resumes = 'is resumed by any other, byte for byte, and outlives its process';
const stops = 'is stopped by a request at any other, with readers';
const stopsUnread = 'is stopped by a request at any other, without a reader';

describe('an answer that was started by one process', function () {
  this.timeout(30_000);

  describe('with redisLog', () => {
    const path = requires('redis-server');
    let redis: RedisServer;
    before(async () => {
      redis = await startRedis(path());
    });
    after(() => redis?.remove());

    it(resumes, () => resumesElsewhere(redis.url));
    it('is unknown to another owner', () => refusesOtherOwners(redis.url));
    it('ends at once when its server shuts down', () => endsWithShutdown(redis.url));
    it(stops, () => stopsElsewhere(redis.url));
    it(stopsUnread, () => stopsWithoutReader(redis.url));
  });

  describe('with postgresLog', () => {
    const path = requires('postgres');

    it(resumes, async () => {
      const { port } = await sharedServer(path());
      await resumesElsewhere(`postgres://postgres@127.0.0.1:${port}/postgres`);
    });

    it(stops, async () => {
      const { port } = await sharedServer(path());
      await stopsElsewhere(`postgres://postgres@127.0.0.1:${port}/postgres`);
    });
  });

  describe('with lmdbLog', () => {
    const inFolder = (use: (path: string) => Promise<void>): Promise<void> => {
      const folder = mkdtempSync(join(tmpdir(), 'rxsse-runs-lmdb-'));
      return closing(
        async () => rmSync(folder, { recursive: true, force: true }),
        () => use(folder),
      );
    };

    it(resumes, () => inFolder(resumesElsewhere));
    it(stops, () => inFolder(stopsElsewhere));
    it(stopsUnread, () => inFolder(stopsWithoutReader));
    // It sees that the process has ended, and does not wait for the lease.
    it('ends as failed when its process is killed', () => inFolder((path) => endsAfterKill(path, 15_000)));
  });
});
