import { expect } from 'chai';
import fc from 'fast-check';
import { encodeFrame } from '../../lib/wire/encodeFrame.ts';
import { anyBytes, anyCuts, anyFrame, byteByByte, cutAt } from './arbitraries.ts';
import { bytesOf, foreignReading, ourReading, readingOf } from './readers.ts';

/** The known differences, with their reasons, are listed at `foreignReading`. */
describe('FrameParser and eventsource-parser', () => {
  const agree = (bytes: Uint8Array, ours: readonly number[], theirs: readonly number[]): void => {
    const expected = foreignReading([bytes]);
    expect(foreignReading(cutAt(bytes, theirs))).to.deep.equal(expected);
    expect(ourReading([bytes])).to.deep.equal(expected);
    expect(ourReading(cutAt(bytes, ours))).to.deep.equal(expected);
    expect(ourReading(byteByByte(bytes))).to.deep.equal(expected);
    const nothing = new Uint8Array(0);
    expect(ourReading(byteByByte(bytes).flatMap((byte) => [nothing, byte]))).to.deep.equal(expected);
  };

  it('agree on unusual streams, in any chunks', () => {
    fc.assert(fc.property(anyBytes, anyCuts, anyCuts, agree), { numRuns: 2000 });
  });

  it('agree on random bytes, in any chunks', () => {
    // Few values, so that random bytes contain fields of the format.
    const byte = fc.oneof(
      fc.constantFrom(...bytesOf('\n\n\r::: \0dataeventidretry0')),
      fc.integer({ min: 0, max: 255 }),
    );
    const bytes = fc.array(byte, { maxLength: 200, size: 'max' }).map((values) => Uint8Array.from(values));
    fc.assert(fc.property(bytes, anyCuts, anyCuts, agree), { numRuns: 1000 });
  });

  it('parse every frame exactly as it was encoded, in any chunks', () => {
    fc.assert(
      fc.property(fc.array(anyFrame), anyCuts, (frames, cuts) => {
        const bytes = bytesOf(frames.map(encodeFrame).join(''));
        const expected = frames.flatMap(readingOf);
        expect(ourReading(cutAt(bytes, cuts))).to.deep.equal(expected);
        expect(foreignReading(cutAt(bytes, cuts))).to.deep.equal(expected);
      }),
      { numRuns: 1000 },
    );
  });
});
