/** What is kept while nothing is held. */
const smallest = 1024;

/**
 * Bytes that came without the end of their line. Grows by doubling, so that a
 * line of any number of pieces is copied a constant number of times and takes
 * at most twice its size, however small its pieces are.
 *
 * @internal
 */
export class ByteBuffer {
  #bytes = new Uint8Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length, smallest));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  /** All of them; to be read before the next `append`, which may write over them. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    // A connection that waits must not keep what its largest event took.
    if (this.#bytes.length > smallest) this.#bytes = new Uint8Array(0);
    return taken;
  }
}
