import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { postgresLog } from '../../../lib/log/postgres/postgresLog.ts';
import { redisLog } from '../../../lib/log/redis/redisLog.ts';
import { closing } from '../../support/closing.ts';
import { PostgresServer } from '../../support/postgres.ts';
import { startRedis } from '../../support/redis.ts';
import { requires } from '../../support/requires.ts';
import { bundledServer } from '../kill9/bundle.ts';
import { killServers } from './killServers.ts';

const title = 'lose and repeat nothing that was acknowledged, at any reader, in the same order for all';

describe('three server processes over one log, one of which is killed again and again', function () {
  this.timeout(60_000);
  let folder = '';
  let script = '';

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rxsse-shared-'));
    script = await bundledServer(folder, new URL('server.ts', import.meta.url));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('in Redis', () => {
    const redisServer = requires('redis-server');

    it(title, async () => {
      const redis = await startRedis(redisServer());
      await closing(
        () => redis.remove(),
        async () => {
          const log = redisLog({ client: await redis.connect(), name: 'ticks' });
          await killServers(script, redis.url, log);
          log.close();
        },
      );
    });
  });

  describe('in Postgres', () => {
    const postgres = requires('postgres');

    it(title, async () => {
      const server = await PostgresServer.create(postgres());
      const pool = new Pool(server.connection);
      const close = async (): Promise<void> => {
        await pool.end();
        await server.remove();
      };
      await closing(close, async () => {
        const log = postgresLog({ pool, name: 'ticks' });
        await killServers(script, `postgres://postgres@127.0.0.1:${server.port}/postgres`, log);
        log.close();
      });
    });
  });
});
