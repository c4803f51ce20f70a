import { expect } from 'chai';
import { playHistories } from '../histories.ts';
import { useDatabase } from './database.ts';
import { openIn } from './openIn.ts';

describe('postgresLog', function () {
  this.timeout(180_000);
  const database = useDatabase();

  it('answers like an array in 120 random histories of two processes', async () => {
    const { trimmed } = await playHistories(
      openIn(() => database.pools),
      120,
    );
    expect(trimmed, 'entries that were removed').to.be.above(50);
  });
});
