import type { Pool } from 'pg';
import { postgresLog } from '../../../lib/log/postgres/postgresLog.ts';
import type { OpenLog } from '../../../lib/testing/logSuite.ts';

let names = 0;

/** Returns a function that opens the logs of a test in two pools, as two processes do. */
export function openIn(pools: () => readonly [Pool, Pool]): OpenLog {
  return ({ entries }) => {
    const name = `tested ${++names}`;
    const open = (process: 0 | 1) =>
      postgresLog({ pool: pools()[process], name, maxEntries: entries, maxBytes: Infinity });
    const log = open(0);
    const logs = [log];
    const opened = (process: 0 | 1) => {
      const another = open(process);
      logs.push(another);
      return another;
    };
    const closeAll = () => {
      for (const each of logs.splice(0)) each.close();
    };
    return {
      log,
      reopen: () => {
        closeAll();
        return opened(0);
      },
      second: () => opened(1),
      close: closeAll,
    };
  };
}
