import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { lmdbLog } from '../../../lib/log/lmdb/lmdbLog.ts';
import { playHistories } from '../histories.ts';
import { logUnderTest } from '../logUnderTest.ts';

describe('lmdbLog', function () {
  this.timeout(120_000);

  it('answers like an array in 300 random histories of one environment, opened again in one step of twenty', async () => {
    const path = mkdtempSync(join(tmpdir(), 'rxsse-lmdb-histories-'));
    // Keeps the environment open from one history to the next.
    const keeper = lmdbLog({ path, name: 'keeper' });
    let names = 0;
    try {
      const { trimmed } = await playHistories(({ entries }) => {
        const name = `log ${++names}`;
        const open = () => lmdbLog({ path, name, maxEntries: entries, maxBytes: 64 * 1024 * 1024 });
        return logUnderTest(open);
      }, 300);
      expect(trimmed, 'trimmed entries').to.be.above(100);
    } finally {
      keeper.close();
      rmSync(path, { recursive: true });
    }
  });
});
