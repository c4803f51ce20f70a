import { expect } from 'chai';
import fc from 'fast-check';
import { anyBytes, anyCuts, byteByByte, cutAt } from './arbitraries.ts';
import { foreignReading, ourReading } from './readers.ts';

/** The known differences, with their reasons, stand at `foreignReading`. */
describe('FrameParser and eventsource-parser', () => {
  it('agree on any bytes in any chunks', () => {
    fc.assert(
      fc.property(anyBytes, anyCuts, (bytes, cuts) => {
        const expected = foreignReading(bytes);
        expect(ourReading(cutAt(bytes, cuts))).to.deep.equal(expected);
        expect(ourReading(byteByByte(bytes))).to.deep.equal(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
