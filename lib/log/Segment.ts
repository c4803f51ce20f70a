const encoder = new TextEncoder();

/**
 * A stretch of entries, framed and laid end to end, with the place at which
 * each of them ends. Bytes that were written are never written over, so views of
 * them may be shared, and outlive the segment.
 */
export class Segment {
  /** The sequence before its first entry. */
  readonly before: number;
  /** When its first entry came, on the clock that never jumps. */
  readonly oldest: number;
  /** When its last one came. */
  newest: number;
  #bytes: Uint8Array;
  #ends: Uint32Array;
  #count = 0;
  #length = 0;

  constructor(before: number, capacity: number, now: number) {
    this.before = before;
    this.oldest = now;
    this.newest = now;
    this.#bytes = new Uint8Array(capacity);
    this.#ends = new Uint32Array(Math.max(8, capacity >> 7));
  }

  /** The sequence of its last entry. */
  get last(): number {
    return this.before + this.#count;
  }

  get count(): number {
    return this.#count;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a block, unless it does not fit; gives the bytes that it took, 0 then. */
  add(block: string | Uint8Array): number {
    // Every UTF-16 unit takes a byte or more, so most that do not fit are refused unread.
    if (block.length > this.#bytes.length - this.#length) return 0;
    const written = this.#write(block);
    if (written === 0) return 0;
    this.#length += written;
    if (this.#count === this.#ends.length) this.#grow();
    this.#ends[this.#count++] = this.#length;
    return written;
  }

  /** Gives back the room that is left: nothing more will be added. */
  seal(): void {
    // A copy costs little, once a segment; it is not worth a few bytes.
    if (this.#bytes.length - this.#length > this.#length >> 4) this.#bytes = this.#bytes.slice(0, this.#length);
    if (this.#ends.length > this.#count) this.#ends = this.#ends.slice(0, this.#count);
  }

  /** Where the entries after a sequence begin. */
  startAfter(sequence: number): number {
    const index = sequence - this.before;
    return index <= 0 ? 0 : (this.#ends[index - 1] ?? this.#length);
  }

  /** The last sequence that ends no later than this many bytes from the start; at least `least`. */
  lastWithin(limit: number, least: number): number {
    if (this.#length <= limit) return this.last;
    let low = least - this.before;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#ends[middle - 1] ?? 0) <= limit) low = middle;
      else high = middle - 1;
    }
    return this.before + low;
  }

  view(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(start, end);
  }

  #write(block: string | Uint8Array): number {
    if (typeof block !== 'string') {
      this.#bytes.set(block, this.#length);
      return block.length;
    }
    const { read, written } = encoder.encodeInto(block, this.#bytes.subarray(this.#length));
    return read < block.length ? 0 : written;
  }

  #grow(): void {
    const ends = new Uint32Array(this.#ends.length * 2);
    ends.set(this.#ends);
    this.#ends = ends;
  }
}
