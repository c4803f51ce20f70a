import { expect } from 'chai';
import * as t from 'io-ts';
import { EntryCache } from '../../lib/feed/EntryCache.ts';
import { events } from '../../lib/index.ts';

const epoch = 'aaaaaaaaaaaaaaaa';

/** One entry of a log, with so many characters of data. */
function stretch(sequence: number, size: number) {
  const bytes = Buffer.from(`id: 1.${epoch}.${sequence}\nevent: text\ndata: "${'x'.repeat(size)}"\n\n`);
  return { after: sequence - 1, last: sequence, bytes };
}

/** Which of so many entries are still those that were decoded first. */
function kept(count: number, size: number): readonly number[] {
  const decoded = new EntryCache(events({ Text: t.string }), (error) => {
    throw error;
  });
  const sequences = Array.from({ length: count }, (_, index) => index + 1);
  const first = sequences.map((sequence) => decoded.entriesOf(stretch(sequence, size), epoch)[0]);
  // From the newest on: what is decoded anew pushes out what is older.
  return sequences
    .toReversed()
    .filter((sequence) => decoded.entriesOf(stretch(sequence, size), epoch)[0] === first[sequence - 1]);
}

describe('the entries that a feed keeps decoded', () => {
  it('are the newest 1024 where they are small', () => {
    expect(kept(2000, 10)).to.have.length(1024).and.include(2000);
  });

  it('are no more than a mebibyte where they are not', () => {
    expect(kept(40, 100_000)).to.deep.equal([40, 39, 38, 37, 36, 35, 34, 33, 32, 31]);
  });

  it('are one, for all readers at the tail, where it is larger than that', () => {
    expect(kept(3, 3_000_000)).to.deep.equal([3]);
  });

  it('are counted once, though they come again of another epoch', () => {
    const decoded = new EntryCache(events({ Text: t.string }), (error) => {
      throw error;
    });
    const other = 'bbbbbbbbbbbbbbbb';
    const sequences = [1, 2, 3, 4, 5];
    for (let turn = 0; turn < 20; turn++) {
      for (const sequence of sequences) decoded.entriesOf(stretch(sequence, 100_000), turn % 2 === 0 ? other : epoch);
    }
    const before = sequences.map((sequence) => decoded.entriesOf(stretch(sequence, 100_000), epoch)[0]);
    const again = sequences.map((sequence) => decoded.entriesOf(stretch(sequence, 100_000), epoch)[0]);
    expect(again.every((entry, index) => entry === before[index])).to.equal(true);
    expect(before.every((entry) => entry?.epoch === epoch)).to.equal(true);
  });
});
