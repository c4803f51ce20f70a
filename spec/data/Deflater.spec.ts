import { inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { Deflater } from '../../lib/data/Deflater.ts';

/** An empty final block, after which a decoder returns what it has. */
const lastBlock = Uint8Array.of(3, 0);

function compressed(deflater: Deflater, bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [];
  deflater.add(bytes, (part) => parts.push(part.slice()));
  return Buffer.concat(parts);
}

const decoded = (...parts: readonly Uint8Array[]) => inflateRawSync(Buffer.concat([...parts, lastBlock]));

/** Bytes with near and far repeats, of few and of many values, from none to several histories. */
const piece = fc
  .tuple(fc.nat(3), fc.nat(70_000), fc.integer({ min: 1, max: 256 }), fc.integer({ min: 1, max: 40_000 }))
  .map(([kind, size, values, back]) => {
    const bytes = new Uint8Array(kind === 0 ? size : size % 300);
    let state = size + values;
    for (let at = 0; at < bytes.length; at++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      bytes[at] = at >= back && state & 0x4000_0000 ? (bytes[at - back] ?? 0) : 256 - values + ((state >>> 8) % values);
    }
    return bytes;
  });

describe('Deflater', () => {
  it('writes what zlib decodes to the same pieces, each of them complete when it is written', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 32_768 }), (pieces, size) => {
        const deflater = new Deflater(size);
        const written: Buffer[] = [];
        pieces.forEach((bytes, index) => {
          written.push(compressed(deflater, bytes));
          if (index < 3) expect(decoded(...written).equals(Buffer.concat(pieces.slice(0, index + 1)))).to.equal(true);
        });
        expect(decoded(...written).equals(Buffer.concat(pieces))).to.equal(true);
      }),
      { numRuns: 60 },
    );
  });

  it('refers to earlier pieces, and to nothing before a reset', () => {
    const deflater = new Deflater();
    const event = Buffer.from(
      'id: 1.WXqtiJElw9PvZXQ0.4711\nevent: order_paid\ndata: {"order":"A-17","total":12.5}\n\n',
    );
    const first = compressed(deflater, event);
    const second = compressed(deflater, event);
    expect(first.length).to.be.within(event.length * 0.8, event.length + 10);
    expect(second.length).to.be.below(12);
    expect(() => decoded(second)).to.throw('invalid distance too far back');
    deflater.reset();
    expect(decoded(compressed(deflater, event)).equals(event)).to.equal(true);
  });

  it('refers to no earlier bytes after a piece that does not fit into its history', () => {
    const deflater = new Deflater(100);
    compressed(deflater, Buffer.alloc(80, 'a'));
    expect(deflater.room).to.equal(20);
    const other = compressed(deflater, Buffer.alloc(21, 'a'));
    expect(decoded(other).toString()).to.equal('a'.repeat(21));
    expect(deflater.room).to.equal(79);
  });

  it('stores incompressible bytes with ten bytes more', () => {
    const noise = crypto.getRandomValues(new Uint8Array(5000));
    const stored = compressed(new Deflater(), noise);
    expect(stored.length).to.equal(5010);
    expect(decoded(stored).equals(noise)).to.equal(true);
  });

  it('takes no longer for bytes whose positions are all alike', () => {
    const same = compressed(new Deflater(), new Uint8Array(1_000_000));
    expect(same.length).to.be.below(8000);
  });
});
