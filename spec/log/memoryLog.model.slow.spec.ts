import { expect } from 'chai';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import { playHistories } from './histories.ts';

describe('memoryLog', function () {
  this.timeout(60_000);

  it('answers like an array in 1000 random histories', async () => {
    const { trimmed } = await playHistories(({ entries }) => {
      const log = memoryLog({ maxEntries: entries });
      return { log, close: () => log.close() };
    }, 1000);
    expect(trimmed, 'trimmed entries').to.be.above(1000);
  });

  it('answers like an array in 200 random histories with a bound in bytes', async () => {
    // Enough for the 40 entries that a history retains at most.
    const { trimmed } = await playHistories(() => {
      const log = memoryLog({ maxEntries: 60, maxBytes: 40 * 71_000 });
      return { log, close: () => log.close() };
    }, 200);
    expect(trimmed, 'trimmed entries').to.be.above(100);
  });
});
