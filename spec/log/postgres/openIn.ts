import type { Pool } from 'pg';
import { postgresLog } from '../../../lib/log/postgres/postgresLog.ts';
import type { OpenLog } from '../../../lib/testing/logSuite.ts';
import { logUnderTest } from '../logUnderTest.ts';

let names = 0;

/** Returns a function that opens the logs of a test in two pools, as two processes do. */
export function openIn(pools: () => readonly [Pool, Pool]): OpenLog {
  return ({ entries }) => {
    const name = `tested ${++names}`;
    const open = (process: 0 | 1) => () =>
      postgresLog({ pool: pools()[process], name, maxEntries: entries, maxBytes: Infinity });
    return logUnderTest(open(0), open(1));
  };
}
