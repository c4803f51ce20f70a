import { concatBytes } from '../../data/concatBytes.ts';
import { crc32, crcShift, joinCrc32 } from '../../data/crc32.ts';
import { Deflater } from '../../data/Deflater.ts';

/** Blocks of a deflate stream that end at a byte, and what the trailer of gzip says of the bytes that they decode to. */
export interface Compressed {
  readonly bytes: Uint8Array;
  /** The length of the decoded bytes. */
  readonly length: number;
  readonly crc: number;
  /** By what a checksum before them is multiplied: see `joinCrc32`. */
  readonly shift: number;
}

const standalone = new Deflater();

/** Compresses bytes without a reference to earlier ones, so that every reader decodes them, whatever it received before. */
export function compressAlone(bytes: Uint8Array): Compressed {
  const parts: Uint8Array[] = [];
  standalone.reset();
  standalone.add(bytes, (part) => parts.push(part.slice()));
  return { bytes: concatBytes(parts), length: bytes.length, crc: crc32(bytes), shift: crcShift(bytes.length) };
}

/** Returns parts that follow each other as one; a single part is returned itself. */
export function joinCompressed(parts: readonly [Compressed, ...Compressed[]]): Compressed {
  const [first, ...others] = parts;
  if (others.length === 0) return first;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const crc = others.reduce((before, part) => joinCrc32(before, part.crc, part.shift), first.crc);
  return { bytes: concatBytes(parts.map(({ bytes }) => bytes)), length, crc, shift: crcShift(length) };
}
