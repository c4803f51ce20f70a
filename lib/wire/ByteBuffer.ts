/** What is taken at first. */
const smallest = 1024;

/** Not more, since who takes it may then wait with it for long. */
const largestSpare = 4096;

/** Up to so many bytes a loop is faster than what `set` and `subarray` cost to call. */
const few = 64;

const none = new Uint8Array(0);

/** Left by one line for the next, of whichever stream: between two of its lines a stream holds nothing. */
let spare = none;

/**
 * Bytes that came without the end of their line. Grows by doubling, so that a
 * line of any number of pieces is copied a constant number of times and takes
 * at most twice its size, however small its pieces are.
 *
 * @internal
 */
export class ByteBuffer {
  #bytes = none;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Takes a part of some bytes. */
  append(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#bytes.length) this.#grow(length);
    if (to - from > few) {
      this.#bytes.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.#length);
    } else {
      const target = this.#bytes;
      for (let at = from, next = this.#length; at < to; at++, next++) target[next] = bytes[at] as number;
    }
    this.#length = length;
  }

  /** All of them; to be read at once, before anything else is appended anywhere, which may write over them. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    // A connection that waits must not keep what its largest event took.
    if (this.#bytes.length > spare.length && this.#bytes.length <= largestSpare) spare = this.#bytes;
    this.#bytes = none;
    this.#length = 0;
    return taken;
  }

  #grow(length: number): void {
    let larger = spare;
    if (larger.length >= length) spare = none;
    else larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length, smallest));
    if (this.#length > 0) larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
