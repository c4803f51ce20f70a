import { expect } from 'chai';
import fc from 'fast-check';
import { fitsIn, LineDecoder, utf8Length } from '../../lib/wire/utf8.ts';
import { bytesOf } from './readers.ts';

const text = fc.string({ unit: 'binary' });

describe('utf8Length', () => {
  it('returns the number of bytes', () => {
    fc.assert(
      fc.property(text, (some) => {
        expect(utf8Length(some)).to.equal(bytesOf(some).length);
      }),
    );
  });

  it('returns the exact number at the code points that need one byte more', () => {
    const edges = [0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff];
    expect(edges.map((point) => utf8Length(String.fromCodePoint(point)))).to.deep.equal([1, 2, 2, 3, 3, 3, 3, 4, 4]);
  });
});

describe('fitsIn', () => {
  it('returns the exact result, with and without counting', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: -2, max: 2 }), (some, off) => {
        expect(fitsIn(bytesOf(some).length + off, some)).to.equal(off >= 0);
      }),
    );
  });
});

describe('LineDecoder', () => {
  it('decodes line by line as a decoder of the whole stream does', () => {
    const bytes = fc.array(fc.oneof(fc.uint8Array({ maxLength: 6 }), text.map(bytesOf)), { maxLength: 8 });
    fc.assert(
      fc.property(bytes, (lines) => {
        const ended = lines.map((line) => Uint8Array.of(...line, 10));
        const all = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
          Uint8Array.from(ended.flatMap((line) => [...line])),
        );
        const decoder = new LineDecoder();
        expect(ended.map((line) => decoder.decode(line)).join('')).to.equal(all);
      }),
    );
  });
});
