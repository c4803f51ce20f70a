import { logSuite } from '../../../lib/testing/logSuite.ts';
import { useDatabase } from './database.ts';
import { openIn } from './openIn.ts';

describe('postgresLog, with a pool for each process,', () => {
  const database = useDatabase();
  logSuite(
    'keeps the promises of a log',
    openIn(() => database.pools),
    { timeout: 4000 },
  );
});
