import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisClientType } from '@redis/client';
import { expect } from 'chai';
import type { LogByName } from '../../../lib/agents/index.ts';
import type { EventLog } from '../../../lib/index.ts';
import { lmdbLog } from '../../../lib/log/lmdb/index.ts';
import { postgresLog } from '../../../lib/log/postgres/index.ts';
import { redisLog } from '../../../lib/log/redis/index.ts';
import { useDatabase } from '../../log/postgres/database.ts';
import { type RedisServer, startRedis } from '../../support/redis.ts';
import { requires } from '../../support/requires.ts';
import { cases } from './cases.ts';
import { cutAnswer } from './cutAnswer.ts';

describe('an answer whose reader is cut', function () {
  // The SDK of LangGraph waits for at least a second before each request that follows a cut.
  this.timeout(120_000);
  requires('clients');

  let count = 0;
  const opened: EventLog[] = [];
  // A route closes the logs of its answers later.
  afterEach(() => {
    for (const log of opened.splice(0)) log.close();
  });
  function over(kind: string, logOf: () => LogByName | undefined, cuts = 20): void {
    for (const [index, agent] of cases.entries()) {
      it(`${cuts} times is shown whole, once, and made once: ${agent.name} over ${kind}`, async () => {
        const log = logOf();
        const run = count++;
        const named =
          log &&
          ((name: string) => {
            const one = log(`${run}/${name}`);
            opened.push(one);
            return one;
          });
        const { connections, resumed, missed } = await cutAnswer(agent, named, cuts, 100 * (index + 1) + run);
        expect(connections).to.be.greaterThan(cuts);
        expect(resumed).to.be.at.most(Math.max(1.05 * missed, missed + 1000));
        if (named !== undefined) expect(await agent.stored(named)).to.match(/^0 a+\n/);
      });
    }
  }

  over('memory', () => undefined);

  describe('in a file', () => {
    let path = '';
    before(() => {
      path = mkdtempSync(join(tmpdir(), 'rxsse-agents-'));
    });
    after(() => rmSync(path, { recursive: true }));
    over('lmdb', () => (name) => lmdbLog({ path, name }));
  });

  describe('in Redis', () => {
    const redisServer = requires('redis-server');
    let server: RedisServer;
    let client: RedisClientType;
    before(async () => {
      server = await startRedis(redisServer());
      client = await server.connect();
    });
    after(() => server.remove());
    over('Redis', () => (name) => redisLog({ client, name }));
  });

  describe('in PostgreSQL', () => {
    const database = useDatabase();
    over('PostgreSQL', () => (name) => postgresLog({ pool: database.pool, name }), 5);
  });
});
