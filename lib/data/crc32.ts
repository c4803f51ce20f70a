/** The polynomial of CRC-32; its bits are in the order in which they are sent. */
const polynomial = 0xedb88320;

/** The element 1, in that order. */
const one = 1 << 31;

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
  return rest;
});

/** Holds what a checksum is multiplied by for a byte that follows, for two, four and so on: x to the power of 8, 16, 32. */
const shifts: readonly number[] = powers();

/** Returns the CRC-32 of bytes that follow those of another CRC-32, as a signed integer of 32 bits. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let rest = ~before;
  for (let at = 0; at < bytes.length; at++) rest = (crcTable[(rest ^ (bytes[at] ?? 0)) & 255] ?? 0) ^ (rest >>> 8);
  return ~rest;
}

/** Returns by what a checksum is multiplied when so many bytes follow; see `joinCrc32`. */
export function crcShift(length: number): number {
  let product = one;
  for (let rest = length, power = 0; rest > 0; rest = Math.floor(rest / 2), power++) {
    if (rest % 2 === 1) product = multiplied(shifts[power] ?? one, product);
  }
  return product;
}

/** Returns the CRC-32 of bytes and those that follow them, from that of each and the shift of the latter's length. */
export function joinCrc32(first: number, second: number, shiftOfSecond: number): number {
  return multiplied(shiftOfSecond, first) ^ second;
}

/** Returns the product of two polynomials modulo that of CRC-32. */
function multiplied(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let rest = a; rest !== 0; rest <<= 1) {
    if (rest < 0) product ^= factor;
    factor = factor & 1 ? (factor >>> 1) ^ polynomial : factor >>> 1;
  }
  return product;
}

function powers(): readonly number[] {
  // x, then its squares: x to the power of 8 is the third.
  let power = one >>> 1;
  for (let square = 0; square < 3; square++) power = multiplied(power, power);
  return Array.from({ length: 50 }, () => {
    const shift = power;
    power = multiplied(power, power);
    return shift;
  });
}
