import { Pool } from 'pg';
import { postgresLog } from '../../../lib/log/postgres/postgresLog.ts';
import { logSuite } from '../../../lib/testing/logSuite.ts';
import { sharedServer } from '../../support/postgres.ts';
import { requires } from '../../support/requires.ts';

describe('postgresLog, with a pool for each process,', function () {
  this.timeout(20_000);
  const postgres = requires('postgres');
  const pools: Pool[] = [];
  let names = 0;

  before(async () => {
    const { connection } = await sharedServer(postgres());
    for (let process = 0; process < 2; process++) pools.push(new Pool(connection));
  });
  after(() => Promise.all(pools.map((pool) => pool.end())));

  logSuite(
    'keeps the promises of a log',
    ({ entries }) => {
      const name = `suite ${++names}`;
      const logs = [open()];
      const [log = open()] = logs;

      function open(process = 0) {
        const [pool = new Pool()] = pools.slice(process);
        return postgresLog({ pool, name, maxEntries: entries, maxBytes: Infinity });
      }

      return {
        log,
        reopen: () => {
          for (const before of logs.splice(0)) before.close();
          const again = open();
          logs.push(again);
          return again;
        },
        second: () => {
          const other = open(1);
          logs.push(other);
          return other;
        },
        close: () => {
          for (const left of logs) left.close();
        },
      };
    },
    { timeout: 4000 },
  );
});
