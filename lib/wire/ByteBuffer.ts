/** The first capacity. */
const minCapacity = 1024;

/** Larger buffers are not reused: an idle connection would retain them. */
const largestSpare = 4096;

/** Up to this many bytes a loop is faster than calling `set` and `subarray`. */
const maxLoopBytes = 64;

const emptyBytes = new Uint8Array(0);

/** A buffer that one line leaves for the next, of any stream: between two lines a stream holds none. */
let spare = emptyBytes;

/**
 * The bytes of an unfinished line. It grows by doubling, so that a line of any number of chunks is copied a constant
 * number of times and takes at most twice its size.
 *
 * @internal
 */
export class ByteBuffer {
  #bytes = emptyBytes;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends a part of some bytes. */
  append(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#bytes.length) this.#grow(length);
    if (to - from > maxLoopBytes) {
      this.#bytes.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.#length);
    } else {
      const target = this.#bytes;
      for (let at = from, next = this.#length; at < to; at++, next++) target[next] = bytes[at] as number;
    }
    this.#length = length;
  }

  /**
   * Returns and removes all bytes. They must be read before anything is appended anywhere, which may overwrite them.
   */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    // A waiting connection must not retain the size of its largest event.
    if (this.#bytes.length > spare.length && this.#bytes.length <= largestSpare) spare = this.#bytes;
    this.#bytes = emptyBytes;
    this.#length = 0;
    return taken;
  }

  #grow(length: number): void {
    let larger = spare;
    if (larger.length >= length) spare = emptyBytes;
    else larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length, minCapacity));
    if (this.#length > 0) larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
