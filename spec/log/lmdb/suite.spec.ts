import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbLog } from '../../../lib/log/lmdb/lmdbLog.ts';
import { logSuite } from '../../../lib/testing/logSuite.ts';
import { logUnderTest } from '../logUnderTest.ts';

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
        return logUnderTest(() => lmdbLog({ path, name, maxEntries: entries, maxBytes: 64 * 1024 * 1024, durability }));
      },
      { timeout: 4000 },
    );
  }
});
