import { crc32, crcShift, joinCrc32 } from '../../data/crc32.ts';
import type { Deflater } from '../../data/Deflater.ts';
import type { Compressed } from './Compressed.ts';

/** The memory of a boundary, which is four numbers. */
const boundaryBytes = 32;

/**
 * Consecutive entries that were compressed together: a full-flush point, and groups of entries that refer to what follows
 * it. A reader enters at the start, and then follows from group to group. The boundary of a group is found by its
 * sequence.
 */
export class CompressedSpan {
  /** The readers that have all of the span up to their position. */
  followers = 0;
  /** The readers that cannot enter it, since they came after its start or got frames of their own meanwhile. */
  stranded = 0;
  #bytes = new Uint8Array(256);
  /** For each boundary, from the start of the span: the sequence before it, and the compressed and the decoded length and the CRC-32 up to it. */
  #sequences: number[];
  #ends = [0];
  #lengths = [0];
  #crcs = [0];

  /** @param before the sequence before its first entry */
  constructor(before: number) {
    this.#sequences = [before];
  }

  get before(): number {
    return this.#sequences[0] ?? 0;
  }

  get last(): number {
    return this.#sequences.at(-1) ?? 0;
  }

  /** The length of its entries. */
  get length(): number {
    return this.#lengths.at(-1) ?? 0;
  }

  /** The memory that it takes, in bytes. */
  get size(): number {
    return this.#bytes.length + this.#sequences.length * boundaryBytes;
  }

  /** Compresses the entries that follow, as one group. */
  add(deflater: Deflater, entries: Uint8Array, last: number): void {
    let end = this.#ends.at(-1) ?? 0;
    deflater.add(entries, (part) => {
      if (end + part.length > this.#bytes.length) {
        const grown = new Uint8Array(Math.max(this.#bytes.length * 2, end + part.length));
        grown.set(this.#bytes);
        this.#bytes = grown;
      }
      this.#bytes.set(part, end);
      end += part.length;
    });
    this.#crcs.push(crc32(entries, this.#crcs.at(-1)));
    this.#lengths.push(this.length + entries.length);
    this.#ends.push(end);
    this.#sequences.push(last);
  }

  /** Returns the number of the last boundary at or before a sequence; -1 where there is none. */
  boundaryUpTo(sequence: number): number {
    let low = -1;
    let high = this.#sequences.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#sequences[middle] ?? 0) <= sequence) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Returns the number of the boundary at a sequence; -1 where there is none. */
  boundaryAt(sequence: number): number {
    const boundary = this.boundaryUpTo(sequence);
    return this.#sequences[boundary] === sequence ? boundary : -1;
  }

  /** Returns the sequence before a boundary. */
  sequenceOf(boundary: number): number {
    return this.#sequences[boundary] ?? 0;
  }

  /** Returns the length of the entries from a boundary to the end. */
  lengthAfter(boundary: number): number {
    return this.length - (this.#lengths[boundary] ?? 0);
  }

  /** Returns the groups between two boundaries: a view. */
  part(from: number, to: number): Compressed {
    const length = (this.#lengths[to] ?? 0) - (this.#lengths[from] ?? 0);
    const shift = crcShift(length);
    return {
      bytes: this.#bytes.subarray(this.#ends[from], this.#ends[to]),
      length,
      // A checksum of everything up to the end is the one of the start, shifted, with that of the part.
      crc: joinCrc32(this.#crcs[from] ?? 0, this.#crcs[to] ?? 0, shift),
      shift,
    };
  }

  /** Releases the unused room: nothing more is added. */
  seal(): void {
    this.#bytes = this.#bytes.slice(0, this.#ends.at(-1));
  }

  /** Releases everything. A reader that has stopped in the span finds no boundary there. */
  drop(): void {
    this.#bytes = new Uint8Array(0);
    this.#sequences = [];
    this.#ends = [];
    this.#lengths = [];
    this.#crcs = [];
  }
}
