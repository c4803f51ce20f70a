import { crc32 as crcOfZlib } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { crc32, crcShift, joinCrc32 } from '../../lib/data/crc32.ts';

describe('crc32', () => {
  it('is the checksum of zlib, of bytes at once and one part after the other', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (first, second) => {
        const whole = crcOfZlib(Buffer.concat([first, second])) | 0;
        expect(crc32(second, crc32(first))).to.equal(whole);
        expect(joinCrc32(crc32(first), crc32(second), crcShift(second.length))).to.equal(whole);
      }),
    );
  });

  it('joins those of more bytes than an integer of 32 bits counts', () => {
    const zeros = 2 ** 33 + 5;
    // A shift by all of the bytes is the shift by each half, one after the other.
    const once = joinCrc32(crc32(Uint8Array.of(1)), 0, crcShift(zeros));
    const twice = joinCrc32(joinCrc32(crc32(Uint8Array.of(1)), 0, crcShift(2 ** 33)), 0, crcShift(5));
    expect(once).to.equal(twice).and.not.equal(0);
  });
});
