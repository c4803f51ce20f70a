import { expect } from 'chai';
import fc from 'fast-check';
import { concatBytes } from '../../lib/data/concatBytes.ts';

describe('concatBytes', () => {
  it('returns the bytes of all chunks in order', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 6 }), (chunks) => {
        expect([...concatBytes(chunks)]).to.deep.equal(chunks.flatMap((chunk) => [...chunk]));
      }),
    );
  });

  it('does not copy a single chunk', () => {
    const chunk = new Uint8Array([1, 2]);
    expect(concatBytes([chunk])).to.equal(chunk);
  });
});
