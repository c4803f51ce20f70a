import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { openTable } from '../../../lib/log/lmdb/openTable.ts';
import { clock, replaceClock } from '../../../lib/time/clock.ts';
import { append, dataOf, read, samples } from '../calls.ts';
import { freshFolder } from './folder.ts';
import { appendInOneTurn, startAppender } from './startAppender.ts';

describe('lmdbLog in several processes', function () {
  this.timeout(60_000);
  const folder = freshFolder();

  it('numbers concurrent appends without a hole, and loses none', async () => {
    const others = await Promise.all(['a', 'b'].map((label) => startAppender(folder.path, label, 300)));
    const log = folder.open();
    for (const other of others) other.go();
    const own = await Promise.all(samples(50).map((draft) => append(log, [draft])));
    await Promise.all(others.map(({ exited }) => exited));

    const { tail, ...page } = await read(log);
    expect(tail).to.equal(650);
    const data = dataOf({ tail, ...page });
    for (const { acknowledged } of others) {
      expect(acknowledged.map(({ sequence }) => data[sequence - 1])).to.deep.equal(
        acknowledged.map(({ data }) => data),
      );
      expect(acknowledged.length).to.equal(300);
    }
    expect(own.map(({ last }) => data[last - 1])).to.deep.equal(samples(50).map(({ data }) => data));
  });

  it('wakes the watchers of one process for an append of another', async () => {
    const other = await startAppender(folder.path, 'a', 2);
    const log = folder.open();
    const quiet = folder.open({ name: 'another log' });
    const before = await read(log);
    let disturbed = 0;
    quiet.wakes.subscribe(() => disturbed++);
    const woken = firstValueFrom(log.wakes);
    other.go();
    await woken;
    expect((await read(log)).tail).to.be.above(before.tail);
    await other.exited;
    expect(disturbed).to.equal(0);
  });

  it('returns from a read what other processes committed since the last read of the same turn', async () => {
    const log = folder.open();
    await read(log);
    const tails: number[] = [];
    log.read(0, 1000).subscribe(({ tail }) => tails.push(tail));
    appendInOneTurn(folder.path, 'a', 2);
    log.read(0, 1000).subscribe(({ tail }) => tails.push(tail));
    expect(tails).to.deep.equal([0, 2]);
  });

  it('frees the reader slot of a killed process from time to time', async () => {
    const log = folder.open();
    await append(log, samples(1));
    const table = openTable(folder.path, 126);
    const other = await startAppender(folder.path, 'a', 2);
    const readerSlot = new RegExp(`^\\s*${other.process.pid} `, 'm');
    other.process.kill('SIGKILL');
    await other.exited;
    await append(log, samples(1));
    expect(table.readerList()).to.match(readerSlot);

    const start = performance.now();
    replaceClock({ ...clock, now: () => start + 60_001, random: (length) => randomBytes(length) });
    try {
      await append(log, samples(1));
    } finally {
      replaceClock(undefined);
    }
    expect(table.readerList()).not.to.match(readerSlot);
    await table.close();
  });

  for (const round of [1, 2, 3]) {
    it(`retains acknowledged entries and the epoch after kill -9 (${round})`, async () => {
      const log = folder.open({ maxEntries: Infinity, maxBytes: Infinity });
      const { epoch } = await append(log, samples(1));
      // Closed, so that the file is opened again after the kill, which is when LMDB could return to an older commit.
      log.close();
      const other = await startAppender(folder.path, 'a', 1_000_000);
      other.go();
      await other.reached(20 * round);
      other.process.kill('SIGKILL');
      await other.exited;

      const again = folder.open({ maxEntries: Infinity, maxBytes: Infinity });
      const page = await read(again);
      expect(page.epoch).to.equal(epoch);
      const data = dataOf(page);
      expect(data.length).to.equal(page.tail);
      expect(other.acknowledged.map(({ sequence }) => data[sequence - 1])).to.deep.equal(
        other.acknowledged.map(({ data }) => data),
      );
      expect((await append(again, samples(1))).first).to.equal(page.tail + 1);
    });
  }
});
