import { expect } from 'chai';
import { idLine, storedEntry, wireLength } from '../../../lib/log/lmdb/entry.ts';
import { entryKey, hashOf } from '../../../lib/log/lmdb/layout.ts';
import type { StoredState } from '../../../lib/log/lmdb/StoredState.ts';
import { type Growth, trim } from '../../../lib/log/lmdb/trim.ts';
import type { Retention } from '../../../lib/log/Segments.ts';
import { sample } from '../sample.ts';
import { FakeTable } from './FakeTable.ts';

const log = hashOf('log');
const epoch = 'aaaaaaaaaaaaaaaa';
const unbounded: Retention = { entries: Infinity, bytes: Infinity, age: Infinity };
const none: Growth = { entries: 0, bytes: 0 };

/** Returns a table with entries up to a tail, appended at 1 ms, 2 ms and so on, and its state. */
function stored(tail: number, floor = 0, timeOf = (sequence: number) => sequence) {
  const fake = new FakeTable();
  let bytes = 0;
  for (let sequence = floor + 1; sequence <= tail; sequence++) {
    const entry = storedEntry(sample(), timeOf(sequence));
    fake.put(entryKey(log, sequence), entry);
    bytes += wireLength(idLine(epoch, sequence), entry);
  }
  const state: StoredState = {
    format: 1,
    name: 'log',
    boot: 'b',
    epoch,
    past: [],
    floor,
    tail,
    ended: false,
    bytes,
    since: timeOf(floor + 1),
    keys: { first: 0, next: 0 },
  };
  return { fake, state };
}

/** Trims, checks that the table has the entries above the floor and the state their bytes, and returns the floor. */
function trimmed(
  { fake, state }: ReturnType<typeof stored>,
  retention: Partial<Retention>,
  { now = 0, added = none }: { readonly now?: number; readonly added?: Growth } = {},
): number {
  const after = trim(fake.table, log, state, { ...unbounded, ...retention }, now, added);
  const remaining = fake.getRange({ start: entryKey(log, 0), end: entryKey(log, 1e9) });
  expect(remaining.map(({ key }) => Buffer.from(key).toString('hex'))).to.deep.equal(
    Array.from({ length: after.tail - after.floor }, (_, index) =>
      Buffer.from(entryKey(log, after.floor + 1 + index)).toString('hex'),
    ),
  );
  const bytes = remaining.reduce(
    (sum, { value }, index) => sum + wireLength(idLine(epoch, after.floor + 1 + index), value),
    0,
  );
  expect(after.bytes).to.equal(bytes);
  if (after.floor === state.floor) expect(after).to.equal(state);
  return after.floor;
}

describe('trim', () => {
  it('starts at an eighth more than maxEntries, at most 64 and at least one', () => {
    expect(trimmed(stored(89), { entries: 80 })).to.equal(0);
    expect(trimmed(stored(90), { entries: 80 })).to.equal(10);
    expect(trimmed(stored(863), { entries: 800 })).to.equal(0);
    expect(trimmed(stored(864), { entries: 800 })).to.equal(64);
    expect(trimmed(stored(4), { entries: 4 })).to.equal(0);
    expect(trimmed(stored(5), { entries: 4 })).to.equal(1);
    expect(trimmed(stored(109, 20), { entries: 80 })).to.equal(20);
    expect(trimmed(stored(110, 20), { entries: 80 })).to.equal(30);
  });

  it('starts at an eighth more than maxBytes, and retains at least maxBytes', () => {
    const one = stored(1).state.bytes;
    const over = (count: number) => stored(count);
    // Nine entries have one length; the number of the tenth is longer.
    expect(trimmed(over(9), { bytes: 8 * one + 1 })).to.equal(0);
    expect(trimmed(over(9), { bytes: 8 * one })).to.equal(1);
    expect(trimmed(over(9), { bytes: 4 * one })).to.equal(5);
    expect(trimmed(over(9), { bytes: 4 * one + 1 })).to.equal(4);
    expect(trimmed(over(9), { bytes: 4 * one - 1 })).to.equal(5);
  });

  it('starts when the oldest entry is an eighth older than maxAge, and retains what is not older than maxAge', () => {
    // The first entry was appended at 1.
    expect(trimmed(stored(5), { age: 80 }, { now: 91 })).to.equal(0);
    expect(trimmed(stored(5), { age: 80 }, { now: 91.5 })).to.equal(5);
    expect(trimmed(stored(50), { age: 80 }, { now: 92 })).to.equal(11);
    expect(trimmed(stored(50), { age: 80 }, { now: 91.9 })).to.equal(11);
  });

  it('stores the time of the oldest retained entry', () => {
    const { fake, state } = stored(50);
    expect(trim(fake.table, log, state, { ...unbounded, age: 80 }, 100, none)).to.include({ floor: 19, since: 20 });
  });

  it('does nothing without entries', () => {
    expect(trimmed(stored(7, 7), { age: 1 }, { now: 1e6 })).to.equal(7);
  });

  it('removes the newest entry only for its age', () => {
    expect(trimmed(stored(5), { bytes: 1 })).to.equal(4);
    expect(trimmed(stored(5), { entries: 1 })).to.equal(4);
    expect(trimmed(stored(5), { age: 1 }, { now: 1e6 })).to.equal(5);
  });

  it('removes 64 entries, or twice the entries or bytes that were added, and at most 1024', () => {
    const step = (added: Growth) => trimmed(stored(3000), { entries: 100 }, { added });
    const one = stored(1).state.bytes;
    expect(step(none)).to.equal(64);
    expect(step({ entries: 32, bytes: 1 })).to.equal(64);
    expect(step({ entries: 33, bytes: 1 })).to.equal(66);
    expect(step({ entries: 511, bytes: 1 })).to.equal(1022);
    expect(step({ entries: 600, bytes: 1 })).to.equal(1024);
    const bytesOf = (count: number) => stored(count).state.bytes;
    expect(step({ entries: 1, bytes: bytesOf(100) / 2 })).to.equal(100);
    expect(step({ entries: 1, bytes: bytesOf(100) / 2 + one / 100 })).to.equal(101);
  });

  it('removes no entry within the bounds', () => {
    expect(trimmed(stored(120), { entries: 100 }, { added: { entries: 20, bytes: 1 } })).to.equal(20);
  });
});
