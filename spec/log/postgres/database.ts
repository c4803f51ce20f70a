import { Pool, type PoolConfig } from 'pg';
import { type PostgresLog, type PostgresLogOptions, postgresLog } from '../../../lib/log/postgres/postgresLog.ts';
import { type PostgresServer, sharedServer } from '../../support/postgres.ts';
import { requires } from '../../support/requires.ts';

interface Database {
  readonly server: PostgresServer;
  /** A pool for the logs of one process. */
  readonly pool: Pool;
  /** The same, and one for the logs of another process. */
  readonly pools: readonly [Pool, Pool];
  /** Creates another pool, as of another process; it ends after the spec. */
  otherPool(config?: PoolConfig): Pool;
  /** Opens a log that is closed after the spec, in the pool of the suite and under a name that no other spec uses. */
  open(options?: Partial<PostgresLogOptions>): PostgresLog;
  /** The name of the logs of this spec. */
  readonly name: string;
}

let names = 0;

/** Returns the shared server and a pool for the specs of a suite, which are skipped without Postgres. */
export function useDatabase(): Database {
  const postgres = requires('postgres');
  const logs: PostgresLog[] = [];
  const others: Pool[] = [];
  let server: PostgresServer;
  let pools: readonly [Pool, Pool];
  let name = '';

  before(async () => {
    server = await sharedServer(postgres());
    pools = [new Pool(server.connection), new Pool(server.connection)];
  });
  beforeEach(() => {
    name = `spec ${++names}`;
  });
  afterEach(async () => {
    for (const log of logs.splice(0)) log.close();
    await Promise.all(others.splice(0).map((other) => other.end()));
  });
  after(() => Promise.all(pools?.map((pool) => pool.end()) ?? []));

  return {
    get server() {
      return server;
    },
    get pool() {
      return pools[0];
    },
    get pools() {
      return pools;
    },
    get name() {
      return name;
    },
    otherPool(config = {}) {
      const other = new Pool({ ...server.connection, ...config });
      others.push(other);
      return other;
    },
    open(options = {}) {
      const log = postgresLog({ pool: pools[0], name, ...options });
      logs.push(log);
      return log;
    },
  };
}
