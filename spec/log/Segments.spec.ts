import { expect } from 'chai';
import fc from 'fast-check';
import { type Retention, Segments } from '../../lib/log/Segments.ts';

const encoder = new TextEncoder();
const unbounded: Retention = { entries: Infinity, bytes: Infinity, age: Infinity };
const KiB = 1024;

/** Returns a block as it is sent: lines, of which the last one is empty. */
const block = (data: string) => `data: ${data}\n\n`;
const length = (text: string) => encoder.encode(text).length;

function filled(count: number, size: number, retention = unbounded): Segments {
  const segments = new Segments(retention);
  for (let sequence = 1; sequence <= count; sequence++) {
    segments.add(block(String(sequence).padEnd(size - 8, 'x')), 0);
    segments.trim(0);
  }
  return segments;
}

const half = fc.constantFrom('\ud800', '\udfff');
const text = fc.oneof(
  { weight: 8, arbitrary: fc.string({ maxLength: 40 }) },
  {
    weight: 2,
    arbitrary: fc.array(fc.oneof(fc.constantFrom('é', '世', '🙂'), half), { maxLength: 400 }).map((u) => u.join('')),
  },
  // Near the capacities of segments, in code units and in bytes.
  { weight: 2, arbitrary: fc.nat(3 * KiB).map((size) => 'x'.repeat(size)) },
  { weight: 1, arbitrary: fc.nat(3 * KiB).map((size) => '世'.repeat(size)) },
  { weight: 1, arbitrary: fc.integer({ min: 60 * KiB, max: 70 * KiB }).map((size) => 'x'.repeat(size)) },
);
const steps = fc.array(fc.record({ data: text.map((some) => some.replaceAll('\n', ' ')), wait: fc.nat(20) }), {
  maxLength: 80,
});
const bound = (max: number) =>
  fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max }) }, { weight: 1, arbitrary: fc.constant(Infinity) });
const retentions = fc.record({ entries: bound(40), bytes: bound(20 * KiB), age: bound(200) });

describe('Segments', () => {
  it('returns what was added, from every position, in pages of every size, and retains what its bounds allow', () => {
    let trimmed = 0;
    fc.assert(
      fc.property(
        retentions,
        steps,
        fc.nat(90),
        fc.oneof(fc.nat(5 * KiB), fc.constant(Infinity)),
        (retention, added, from, most) => {
          const segments = new Segments(retention);
          const blocks = added.map(({ data }) => encoder.encode(block(data)));
          const times: number[] = [];
          for (const { data, wait } of added) {
            times.push((times.at(-1) ?? 0) + wait);
            segments.add(block(data), times.at(-1) ?? 0);
            segments.trim(times.at(-1) ?? 0);
          }
          checkRetention(retention, segments, blocks, times);
          trimmed += segments.floor;

          let at = from;
          do {
            const { after, last, bytes } = segments.read(at, most);
            expect(after).to.equal(Math.max(at, segments.floor));
            expect(last).to.be.at.most(Math.max(after, segments.tail));
            expect(Buffer.compare(bytes, Buffer.concat(blocks.slice(after, last)))).to.equal(0);
            if (after < segments.tail) expect(last).to.be.above(after);
            if (last > after + 1) expect(bytes.length).to.be.at.most(most);
            at = last;
          } while (at < segments.tail);
        },
      ),
      { numRuns: 1000 },
    );
    expect(trimmed).to.be.above(1000);
  });

  function checkRetention(
    { entries, bytes, age }: Retention,
    segments: Segments,
    blocks: Uint8Array[],
    times: number[],
  ): void {
    const { floor, tail } = segments;
    const now = times.at(-1) ?? 0;
    const lengths = blocks.slice(floor).map((each) => each.length);
    expect(tail).to.equal(blocks.length);
    expect(segments.bytes).to.equal(lengths.reduce((sum, each) => sum + each, 0));

    const tooOld = now - (times[floor - 1] ?? now) > age;
    if (floor > 0)
      expect(tail - floor >= entries || segments.bytes >= bytes || tooOld, 'a bound that was reached').to.equal(true);
    if (entries < Infinity) expect(tail - floor, 'entries').to.be.below(entries + Math.ceil(entries / 8));
    const part = Math.max(KiB, bytes / 8, ...lengths);
    if (bytes < Infinity) expect(segments.bytes, 'bytes').to.be.below(bytes + part);
    if (tail > floor) expect(now - (times[floor] ?? 0), 'age').to.be.at.most(age * 1.125);
  }

  it('adds blocks that were framed before as it adds text', () => {
    fc.assert(
      fc.property(steps, (added) => {
        const texts = added.map(({ data }, index) => block(index % 3 === 0 ? `${data}\ndata:` : data));
        const [one, other] = [new Segments(unbounded, 7), new Segments(unbounded, 7)];
        for (const each of texts) one.add(each, 0);
        other.addFramed(encoder.encode(texts.join('')), 0);
        expect([other.tail, other.bytes]).to.deep.equal([one.tail, one.bytes]);
        for (let after = 7; after < one.tail; after++) {
          const [a, b] = [one.read(after, 1), other.read(after, 1)];
          expect([b.last, Buffer.compare(a.bytes, b.bytes)]).to.deep.equal([a.last, 0]);
        }
      }),
    );
  });

  it('continues from another sequence after a reset', () => {
    const segments = filled(100, 100);
    segments.reset(1000);
    expect([segments.floor, segments.tail, segments.bytes]).to.deep.equal([1000, 1000, 0]);
    segments.add(block('a'), 0);
    const { after, last, bytes } = segments.read(5, 100);
    expect([after, last, new TextDecoder().decode(bytes)]).to.deep.equal([1000, 1001, block('a')]);
  });

  it('copies no page of a long history, for any start position', () => {
    const segments = filled(20_000, 250);
    for (const from of [1000, 5001, 5100, 5261]) {
      let pages = 0;
      for (let at = from; at < segments.tail; pages++) {
        const page = segments.read(at, 64 * KiB);
        expect(page.bytes.buffer, `the page after ${at}`).to.equal(segments.read(at, 64 * KiB).bytes.buffer);
        at = page.last;
      }
      expect(pages).to.be.at.most(Math.ceil(((20_000 - from) * 250) / (64 * KiB)) + 2);
    }
  });

  it('joins small segments, so that a short history is one page', () => {
    const segments = filled(100, 100, { ...unbounded, entries: 100 });
    const { after, last, bytes } = segments.read(0, 64 * KiB);
    expect([after, last, bytes.length]).to.deep.equal([0, 100, 100 * 100]);
  });

  it('retains no more memory than a page for a page that is still referenced', () => {
    const segments = filled(20_000, 250);
    for (let after = 0; after < segments.tail; after += 100) {
      expect(segments.read(after, 64 * KiB).bytes.buffer.byteLength).to.be.at.most(64 * KiB);
    }
  });

  it('has no unused capacity except at the tail', () => {
    const mixed = new Segments(unbounded);
    for (let pair = 0; pair < 50; pair++) {
      mixed.add(block('x'), 0);
      mixed.add(block('y'.repeat(60 * KiB)), 0);
    }
    // Segments with few entries, created with room for more.
    const many = filled(4000, 250, { ...unbounded, entries: 800 });
    for (const segments of [mixed, many]) {
      const buffers = new Set<ArrayBufferLike>();
      for (let after = segments.floor; after < segments.tail; after++)
        buffers.add(segments.read(after, 1).bytes.buffer);
      const capacity = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
      expect(capacity).to.be.at.most((segments.bytes * 17) / 16 + 64 * KiB);
    }
  });

  it('fills a page to the last entry that fits', () => {
    const segments = filled(200, 100);
    for (let count = 1; count <= 75; count++) {
      // Within one segment, since a page ends with its segment instead of being joined.
      expect(segments.read(75, count * 100).last).to.equal(75 + count);
      expect(segments.read(75, count * 100 + 99).last).to.equal(75 + count);
    }
  });

  it('never overwrites bytes that were read', () => {
    const segments = new Segments({ ...unbounded, bytes: 4 * KiB });
    const pages = Array.from({ length: 300 }, (_, index) => {
      segments.add(block(`${index} 世`.padEnd(index, 'x')), 0);
      segments.trim(0);
      const { bytes } = segments.read(Math.max(0, segments.tail - 3), 64 * KiB);
      return { bytes, copy: bytes.slice() };
    });
    for (const { bytes, copy } of pages) expect(Buffer.compare(bytes, copy)).to.equal(0);
  });

  it('allocates exactly the bytes of a block, in any script', () => {
    for (const unit of ['x', 'é', '世', '🙂', '\ud800']) {
      for (let count = 320; count <= 350; count++) {
        const data = unit.repeat(count);
        const segments = new Segments(unbounded);
        segments.add(block(data), 0);
        segments.add(block(data), 0);
        expect(segments.bytes).to.equal(2 * length(block(data)));
        expect(new TextDecoder().decode(segments.read(1, 1).bytes)).to.equal(block(data.toWellFormed()));
      }
    }
  });

  it('joins whole segments that just fit, and no entry after one that does not fit', () => {
    // Segments of ten entries of 100 bytes each.
    const small = filled(20, 100, { ...unbounded, entries: 80 });
    expect(small.read(0, 2000).last).to.equal(20);
    expect(small.read(0, 1999).last).to.equal(10);
    expect(small.read(4, 1600).last).to.equal(20);
    expect(small.read(4, 1599).last).to.equal(10);

    const large = new Segments(unbounded);
    for (const size of [10, 900, 2000]) large.add(block('x'.repeat(size)), 0);
    large.add(block('small'), 0);
    for (let most = 1; most < 4000; most += 50) {
      const page = large.read(0, most);
      const expected = [10, 900, 2000].map((size) => block('x'.repeat(size))).concat(block('small'));
      expect(new TextDecoder().decode(page.bytes)).to.equal(expected.slice(0, page.last).join(''));
    }
  });

  it('never returns an entry without the one before it', () => {
    // A page that ends within a segment, while the small entry after it would fit.
    const segments = new Segments({ ...unbounded, entries: 16 });
    for (const size of [10, 600, 10, 10]) segments.add(block('x'.repeat(size)), 0);
    for (let most = 1; most < 800; most++) {
      const page = segments.read(0, most);
      const expected = [10, 600, 10, 10].map((size) => block('x'.repeat(size)));
      expect(new TextDecoder().decode(page.bytes)).to.equal(expected.slice(0, page.last).join(''));
    }
  });

  it('retains exactly its bounds when each segment is one entry', () => {
    const counted = filled(20, 100, { ...unbounded, entries: 8 });
    expect([counted.floor, counted.tail]).to.deep.equal([12, 20]);
    // Each segment is one entry, since none has room for two.
    const measured = new Segments({ ...unbounded, bytes: 4000 });
    for (let n = 0; n < 20; n++) {
      measured.add(block('x'.repeat(992)), 0);
      measured.trim(0);
    }
    expect([measured.tail - measured.floor, measured.bytes]).to.deep.equal([4, 4000]);
  });
});
