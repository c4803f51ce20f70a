import { constants, crc32, inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { joinCrc32 } from '../../../lib/data/crc32.ts';
import type { Compressed } from '../../../lib/sink/gzip/Compressed.ts';
import { CompressedWindow, type Follower } from '../../../lib/sink/gzip/CompressedWindow.ts';
import { randomFrom } from '../../../lib/testing/randomScript.ts';

/** A reader that decodes what it receives, and compares it with the entries. */
class Reader implements Follower {
  span: Follower['span'];
  strandedIn: Follower['strandedIn'];
  epoch: string;
  after: number;
  crc = 0;
  length = 0;
  readonly #received: Uint8Array[] = [];
  readonly #expected: Uint8Array[] = [];

  constructor(epoch: string, after: number) {
    this.epoch = epoch;
    this.after = after;
  }

  receive({ bytes, crc, shift, length }: Compressed, expected: Uint8Array): void {
    this.#received.push(bytes.slice());
    this.#expected.push(expected);
    this.crc = joinCrc32(this.crc, crc, shift);
    this.length += length;
  }

  check(): void {
    const expected = Buffer.concat(this.#expected);
    const decoded = inflateRawSync(Buffer.concat(this.#received), { finishFlush: constants.Z_SYNC_FLUSH });
    expect(decoded.equals(expected)).to.equal(true);
    expect([this.crc, this.length]).to.deep.equal([crc32(expected) | 0, expected.length]);
  }
}

/** Entries that differ and are similar; the same object for the same range, as readers receive it. */
class Entries {
  readonly #entries: Record<string, Buffer[]> = {};
  readonly #ranges = new Map<string, Buffer>();

  range(epoch: string, after: number, last: number): Buffer {
    const all = this.#entries[epoch] ?? [];
    this.#entries[epoch] = all;
    while (all.length < last) {
      const n = all.length + 1;
      const text = `${n % 9} of ${epoch} `.repeat(n % 40);
      all.push(Buffer.from(`id: 1.${epoch}.${n}\nevent: order\ndata: {"n":${n},"text":"${text}"}\n\n`));
    }
    const key = `${epoch} ${after} ${last}`;
    const range = this.#ranges.get(key) ?? Buffer.concat(all.slice(after, last));
    this.#ranges.set(key, range);
    return range;
  }
}

const entries = new Entries();

function take(window: CompressedWindow, reader: Reader, last: number): Compressed {
  const bytes = entries.range(reader.epoch, reader.after, last);
  const compressed = window.take(reader, reader.epoch, { after: reader.after, last, bytes }, bytes);
  reader.receive(compressed, bytes);
  reader.after = last;
  return compressed;
}

function entered(window: CompressedWindow, epoch: string, after: number): Reader {
  window.enter();
  return new Reader(epoch, after);
}

describe('CompressedWindow', () => {
  it('returns exactly their entries to readers at any positions, in any order', function () {
    this.timeout(30_000);
    for (let seed = 1; seed <= 30; seed++) {
      const random = randomFrom(seed);
      const below = (most: number): number => random() % most;
      const maxBytes = 1024 << below(8);
      const window = new CompressedWindow(maxBytes);
      const tails: Record<string, number> = { a: 50, b: 40 };
      let epoch = 'a';
      const readers: Reader[] = [];
      for (let step = 0; step < 200; step++) {
        tails[epoch] = (tails[epoch] ?? 0) + (below(5) === 0 ? below(60) : below(3));
        const tail = tails[epoch] ?? 0;
        if (below(100) === 0) epoch = epoch === 'a' ? 'b' : 'a';
        if (below(8) === 0 || readers.length === 0) {
          readers.push(entered(window, epoch, below(2) === 0 ? tail : below(tail + 1)));
        }
        const reader = readers[below(readers.length)] as Reader;
        const kind = below(20);
        if (kind === 0) window.strand(reader);
        if (kind === 1) {
          window.strand(reader);
          [reader.epoch, reader.after] = [epoch, below((tails[epoch] ?? 0) + 1)];
        }
        if (kind === 2 && readers.length > 1) {
          reader.check();
          window.leave(reader);
          readers.splice(readers.indexOf(reader), 1);
        } else if (reader.after < (tails[reader.epoch] ?? 0)) {
          const whole = (tails[reader.epoch] ?? 0) - reader.after;
          take(window, reader, reader.after + (below(4) === 0 ? 1 + below(whole) : whole));
          if (below(20) === 0) reader.check();
        }
        // One span is retained in any case: up to 32 KiB, or one range.
        expect(window.size).to.be.below(maxBytes + 150_000);
      }
      for (const reader of readers) reader.check();
    }
  });

  it('serves the entries of another epoch at the same positions', () => {
    const window = new CompressedWindow(65_536);
    const [old, fresh] = ['a', 'b'].map((epoch) => entered(window, epoch, 0)) as [Reader, Reader];
    take(window, old, 5);
    take(window, fresh, 5);
    for (const reader of [old, fresh]) take(window, reader, 9);
    for (const reader of [old, fresh]) reader.check();
  });

  it('serves a reader from before entries that no reader received compressed', () => {
    const window = new CompressedWindow(65_536);
    const [behind, ahead, early] = [0, 50, 0].map((after) => entered(window, 'a', after)) as [Reader, Reader, Reader];
    for (const last of [1, 2, 3]) for (const reader of [behind, early]) take(window, reader, last);
    take(window, ahead, 51);
    take(window, early, 51);
    // The entries after 51 must be found behind those that are in no span.
    take(window, behind, 53);
    for (const reader of [ahead, early]) take(window, reader, 53);
    for (const reader of [behind, ahead, early]) reader.check();
  });

  it('returns the same bytes to readers at the same position, as one view for all', () => {
    const window = new CompressedWindow(65_536);
    const readers = [1, 2, 3].map(() => entered(window, 'a', 7));
    for (const last of [8, 9]) {
      const taken = readers.map((reader) => take(window, reader, last));
      expect(new Set(taken).size).to.equal(1);
    }
  });

  it('returns other bytes to a reader that has received frames of its own than to others at its position', () => {
    const window = new CompressedWindow(65_536);
    const readers = [1, 2, 3].map(() => entered(window, 'a', 0));
    for (const reader of readers) take(window, reader, 5);
    window.strand(readers[1] as Reader);
    const [first, second, third] = readers.map((reader) => take(window, reader, 6));
    expect(second).to.not.equal(first);
    expect(third?.bytes).to.deep.equal(first?.bytes);
    for (const reader of readers) {
      take(window, reader, 7);
      reader.check();
    }
  });

  it('releases all spans when the last reader disconnects', () => {
    const window = new CompressedWindow(65_536);
    const readers = [1, 2].map(() => entered(window, 'a', 0));
    for (const reader of readers) take(window, reader, 20);
    expect(window.size).to.be.above(0);
    for (const reader of readers) window.leave(reader);
    expect(window.size).to.equal(0);
    const next = entered(window, 'a', 10);
    take(window, next, 20);
    next.check();
  });

  for (const [maxBytes, most] of [
    [1024, 3000],
    [65_536, 66_000],
  ] as const) {
    it(`retains about ${maxBytes} bytes for any number of events`, () => {
      const window = new CompressedWindow(maxBytes);
      const reader = entered(window, 'a', 0);
      for (let n = 1; n <= 20_000; n++) take(window, reader, n);
      expect(window.size).to.be.within(maxBytes / 4, most);
    });
  }
});
