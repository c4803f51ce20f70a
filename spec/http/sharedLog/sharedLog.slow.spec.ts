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

/** `npm run chaos -- servers` kills more of them, with more readers. */
const amount = { kills: 6, interval: 400, readers: 10 };

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
          const client = await redis.connect();
          const logOf = (name: string) => redisLog({ client, name });
          await killServers({ script, url: redis.url, logOf, ...amount });
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
        const url = `postgres://postgres@127.0.0.1:${server.port}/postgres`;
        await killServers({ script, url, logOf: (name) => postgresLog({ pool, name }), ...amount });
      });
    });
  });
});
