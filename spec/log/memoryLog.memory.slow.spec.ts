import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import type { Page } from '../../lib/log/EventLog.ts';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import { sample } from './sample.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Returns the bytes that cannot be collected, in the heap and outside. Buffers are freed in the next turn. */
async function held(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

interface Cost {
  readonly entries: number;
  /** The bytes of the entries as they are sent. */
  readonly framed: number;
  readonly held: number;
}

/** Measures many logs, so that the rest of the process is small in comparison. */
async function costOf(appended: number, size: number, logs = 10): Promise<Cost> {
  const before = await held();
  const opened = Array.from({ length: logs }, () => memoryLog());
  const cost = { entries: 0, framed: 0 };
  for (const log of opened) {
    for (let n = 0; n < appended; n++) log.append([sample(String(n).padEnd(size, 'x'))]);
    log.read(0, Infinity).subscribe(({ last, after, bytes }: Page) => {
      cost.entries += last - after;
      cost.framed += bytes.length;
    });
  }
  const retained = (await held()) - before;
  expect(opened.map(({ inMemory }) => inMemory)).to.not.contain(undefined);
  return { ...cost, held: retained };
}

describe('memoryLog', () => {
  for (const size of [20, 60, 200, 1000]) {
    it(`retains the framed bytes of 10,000 entries of ${size} bytes, and at most 32 bytes more an entry`, async () => {
      const { entries, framed, held } = await costOf(10_000, size);
      expect(entries).to.equal(100_000);
      expect((held - framed) / entries).to.be.below(32);
    });
  }

  it('retains no more when most entries were trimmed', async () => {
    const { entries, framed, held } = await costOf(35_000, 200);
    expect(entries / 10)
      .to.be.at.least(10_000)
      .and.at.most(11_250);
    expect((held - framed) / entries).to.be.below(32);
  });

  it('retains less than 4 KiB for a log with one entry', async () => {
    expect((await costOf(1, 20, 1000)).held / 1000).to.be.below(4096);
  });

  it('retains nothing when it is closed', async () => {
    const log = memoryLog();
    const before = await held();
    for (let n = 0; n < 10_000; n++) log.append([sample('x'.repeat(200))], { key: `key ${n}` });
    expect((await held()) - before).to.be.above(2_000_000);
    log.close();
    // Of about 2.9 MB; the rest was allocated by the runtime and not by the log.
    expect((await held()) - before).to.be.below(600_000);
  });
});
