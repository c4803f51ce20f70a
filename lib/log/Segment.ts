const textEncoder = new TextEncoder();

/**
 * A range of entries, encoded one after the other, with the offset at which each of them ends. Written bytes are never
 * overwritten, so views of them may be shared, and may outlive the segment.
 */
export class Segment {
  /** The sequence before its first entry. */
  readonly before: number;
  /** When its first entry was added, on the monotonic clock. */
  readonly oldest: number;
  /** When its last entry was added. */
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

  /** Adds a frame, unless it does not fit; returns the bytes that it took, or 0. */
  add(frame: string | Uint8Array): number {
    // Every UTF-16 unit takes a byte or more, so most frames that do not fit are rejected unread.
    if (frame.length > this.#bytes.length - this.#length) return 0;
    const written = this.#write(frame);
    if (written === 0) return 0;
    this.#length += written;
    if (this.#count === this.#ends.length) this.#grow();
    this.#ends[this.#count++] = this.#length;
    return written;
  }

  /** Releases the unused room: nothing more will be added. */
  seal(): void {
    // A copy is cheap, once for each segment, but not worth a few bytes.
    if (this.#bytes.length - this.#length > this.#length >> 4) this.#bytes = this.#bytes.slice(0, this.#length);
    if (this.#ends.length > this.#count) this.#ends = this.#ends.slice(0, this.#count);
  }

  /** Returns the offset at which the entries after a sequence start. */
  startAfter(sequence: number): number {
    const index = sequence - this.before;
    return index <= 0 ? 0 : (this.#ends[index - 1] ?? this.#length);
  }

  /** Returns the last sequence that ends at most this many bytes from the start; at least `least`. */
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

  #write(frame: string | Uint8Array): number {
    if (typeof frame !== 'string') {
      this.#bytes.set(frame, this.#length);
      return frame.length;
    }
    const { read, written } = textEncoder.encodeInto(frame, this.#bytes.subarray(this.#length));
    return read < frame.length ? 0 : written;
  }

  #grow(): void {
    const ends = new Uint32Array(this.#ends.length * 2);
    ends.set(this.#ends);
    this.#ends = ends;
  }
}
