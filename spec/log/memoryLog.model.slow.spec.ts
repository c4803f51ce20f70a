import { expect } from 'chai';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import { playHistories } from './histories.ts';

describe('memoryLog is like a plain array', function () {
  this.timeout(60_000);

  it('through 1000 random histories', async () => {
    const { trimmed } = await playHistories(({ entries }) => {
      const log = memoryLog({ maxEntries: entries });
      return { log, close: () => log.close() };
    }, 1000);
    expect(trimmed, 'entries that were let go').to.be.above(1000);
  });

  it('where it is bounded in bytes too', async () => {
    // Enough for the 40 entries that a history asks for at most, were all of them small.
    const { trimmed } = await playHistories(() => {
      const log = memoryLog({ maxEntries: 60, maxBytes: 40 * 71_000 });
      return { log, close: () => log.close() };
    }, 200);
    expect(trimmed, 'entries that were let go').to.be.above(100);
  });
});
