/** The bytes of a log's hash in a mark: enough that another log is seldom woken without need. */
const logLength = 8;
export const nonceLength = 8;
const markLength = logLength + nonceLength;
const countLength = 6;
/** The most marks that are retained; a process that missed more checks every log. */
const maxChanges = 64;

/**
 * The logs that changed last, in one small record that each transaction writes. A process reads in it what others
 * changed, however many logs there are, and by the nonce whether its own transaction is among them.
 */
export class Changes {
  /** How many marks were ever made. */
  readonly count: number;
  /** The newest marks, oldest first. */
  readonly #marks: Buffer;

  constructor(record: Uint8Array = new Uint8Array(countLength)) {
    const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
    this.count = bytes.readUIntBE(0, countLength);
    this.#marks = bytes.subarray(countLength);
  }

  /** Returns the record with one more mark for each log. */
  with(logs: readonly Uint8Array[], nonce: Uint8Array): Uint8Array {
    const marks = Buffer.concat([this.#marks, ...logs.flatMap((log) => [log.subarray(0, logLength), nonce])]);
    const count = Buffer.alloc(countLength);
    count.writeUIntBE(this.count + logs.length, 0, countLength);
    return Buffer.concat([count, marks.subarray(-maxChanges * markLength)]);
  }

  /** Returns true if the transaction that made this count with this nonce is among the last. */
  includes(count: number, nonce: Uint8Array): boolean {
    const at = this.#indexOf(count);
    return at >= 0 && this.#marks.subarray(at + logLength, at + markLength).equals(nonce);
  }

  /** Returns the logs that changed since this count; `undefined` where that is not known any more. */
  since(count: number): ReadonlySet<string> | undefined {
    const from = this.#indexOf(count + 1);
    if (this.count === count) return new Set();
    if (from < 0) return undefined;
    const names = new Set<string>();
    for (let at = from; at < this.#marks.length; at += markLength) {
      names.add(this.#marks.toString('hex', at, at + logLength));
    }
    return names;
  }

  /** Returns the index of a count; negative, or after the end, for one that is not retained. */
  #indexOf(count: number): number {
    if (count > this.count) return -1;
    return this.#marks.length - (this.count - count + 1) * markLength;
  }
}

/** Returns the name of a log in the result of `since`. */
export const changeNameOf = (log: Uint8Array): string => Buffer.from(log).toString('hex', 0, logLength);
