import { expect } from 'chai';
import * as t from 'io-ts';
import { EntryCache } from '../../lib/feed/EntryCache.ts';
import { events, memoryLog } from '../../lib/index.ts';

const epoch = 'aaaaaaaaaaaaaaaa';

/** Returns the page of one entry, whose data has `size` characters. */
function pageOf(sequence: number, size: number) {
  const bytes = Buffer.from(`id: 1.${epoch}.${sequence}\nevent: text\ndata: "${'x'.repeat(size)}"\n\n`);
  return { after: sequence - 1, last: sequence, bytes };
}

/** Returns the sequences whose entries are still those that were decoded first. */
function retained(count: number, size: number): readonly number[] {
  const decoded = new EntryCache(events({ Text: t.string }), memoryLog(), (error) => {
    throw error;
  });
  const sequences = Array.from({ length: count }, (_, index) => index + 1);
  const first = sequences.map((sequence) => decoded.entriesOf(pageOf(sequence, size), epoch)[0]);
  // From the newest to the oldest, since an entry that is decoded again evicts an older one.
  return sequences
    .toReversed()
    .filter((sequence) => decoded.entriesOf(pageOf(sequence, size), epoch)[0] === first[sequence - 1]);
}

describe('EntryCache', () => {
  it('retains the newest 1024 entries when they are small', () => {
    expect(retained(2000, 10)).to.have.length(1024).and.include(2000);
  });

  it('retains at most 1 MiB of larger entries', () => {
    expect(retained(40, 100_000)).to.deep.equal([40, 39, 38, 37, 36, 35, 34, 33, 32, 31]);
  });

  it('retains the newest entry for all readers at the tail when it alone is larger than 1 MiB', () => {
    expect(retained(3, 3_000_000)).to.deep.equal([3]);
  });

  it('counts the bytes of an entry once when the same sequence is decoded in another epoch', () => {
    const decoded = new EntryCache(events({ Text: t.string }), memoryLog(), (error) => {
      throw error;
    });
    const other = 'bbbbbbbbbbbbbbbb';
    const sequences = [1, 2, 3, 4, 5];
    for (let turn = 0; turn < 20; turn++) {
      for (const sequence of sequences) decoded.entriesOf(pageOf(sequence, 100_000), turn % 2 === 0 ? other : epoch);
    }
    const before = sequences.map((sequence) => decoded.entriesOf(pageOf(sequence, 100_000), epoch)[0]);
    const again = sequences.map((sequence) => decoded.entriesOf(pageOf(sequence, 100_000), epoch)[0]);
    expect(again.every((entry, index) => entry === before[index])).to.equal(true);
    expect(before.every((entry) => entry?.epoch === epoch)).to.equal(true);
  });
});
