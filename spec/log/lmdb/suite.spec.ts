import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbLog } from '../../../lib/log/lmdb/lmdbLog.ts';
import { logSuite } from '../../../lib/testing/logSuite.ts';

describe('lmdbLog, with a new name for each test in one environment,', () => {
  let path = '';
  let names = 0;

  before(() => {
    path = mkdtempSync(join(tmpdir(), 'rxsse-lmdb-suite-'));
  });
  after(() => rmSync(path, { recursive: true }));

  for (const durability of ['visible', 'flushed'] as const) {
    logSuite(
      `keeps the promises of a log when they are acknowledged as ${durability}`,
      ({ entries }) => {
        const name = `log ${++names}`;
        const logs = [open()];
        const [log = open()] = logs;

        function open() {
          return lmdbLog({ path, name, maxEntries: entries, maxBytes: 64 * 1024 * 1024, durability });
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
            const other = open();
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
  }
});
