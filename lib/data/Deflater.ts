/** How far back a match may be, by RFC 1951. */
const maxDistance = 32 * 1024;

/** The longest match, by RFC 1951. */
const maxMatch = 258;

/** Four bytes are looked up at once; a match of three costs about as much as its literals. */
const minMatch = 4;

/** How many earlier positions are compared, at most. More of them find little more in events of one stream. */
const maxTries = 8;

const hashBits = 12;
const smallest = 1024;

/** Fixed codes by symbol: the bits of each, and how many there are. */
interface Codes {
  readonly bits: Uint32Array;
  readonly sizes: Uint8Array;
}

/** The length of an empty stored block, which ends what `Z_SYNC_FLUSH` writes and makes every decoder pass on what it has. */
const flush = [0, 0, 255, 255];

const literals = literalCodes();
const lengths = lengthCodes(literals);
const distances = Uint8Array.from({ length: 30 }, (_, code) => reversed(code, 5));

/** Holds a piece before its size is known. A piece has at most nine bits a byte. */
const scratch = new Uint8Array(maxDistance + (maxDistance >> 3) + 16);

/**
 * Compresses pieces of bytes one after the other (RFC 1951, fixed codes), each at once and completely: the result ends at
 * a byte, and a decoder that has it has the whole piece. A piece may refer to the pieces before it, unless they are more
 * than the history holds; then it refers to nothing before it.
 *
 * Node's own `zlib` has no stream that is driven synchronously, and a call of `deflateRawSync` for each piece costs 15 to
 * 30 times as much as this.
 */
export class Deflater {
  readonly #size: number;
  readonly #heads = new Uint16Array(1 << hashBits);
  #history: Uint8Array;
  /** Holds for each position in the history the one before it with the same hash. They count from 1; 0 is none. */
  #previous: Uint16Array;
  #length = 0;

  /** @param size how many bytes the history holds: 1 to 32768 */
  constructor(size = maxDistance) {
    this.#size = size;
    const capacity = Math.min(size, smallest);
    this.#history = new Uint8Array(capacity);
    this.#previous = new Uint16Array(capacity);
  }

  /** How many bytes may follow that can refer to everything before. */
  get room(): number {
    return this.#size - this.#length;
  }

  /** Forgets what came before: what follows refers to nothing of it. */
  reset(): void {
    this.#length = 0;
    this.#heads.fill(0);
  }

  /** Compresses a piece, and passes the result on in parts; each is valid until the next one. */
  add(bytes: Uint8Array, write: (part: Uint8Array) => void): void {
    if (bytes.length > this.room) this.reset();
    for (let from = 0; from < bytes.length; from += this.#size) {
      if (from > 0) this.reset();
      write(this.#deflate(bytes.length <= this.#size ? bytes : bytes.subarray(from, from + this.#size)));
    }
  }

  #deflate(piece: Uint8Array): Uint8Array {
    this.#append(piece);
    const history = this.#history;
    const heads = this.#heads;
    const previous = this.#previous;
    const end = this.#length;
    const lastHashed = end - minMatch;
    // Not the final block, and with fixed codes.
    let bits = 2;
    let count = 3;
    let out = 0;
    for (let at = end - piece.length; at < end; ) {
      let length = 0;
      let distance = 0;
      if (at <= lastHashed) {
        const hash = hashAt(history, at);
        const longest = Math.min(end - at, maxMatch);
        let earlier = heads[hash] ?? 0;
        previous[at] = earlier;
        heads[hash] = at + 1;
        for (let tries = maxTries; earlier > 0 && tries > 0 && length < longest; tries--) {
          const from = earlier - 1;
          if (history[from + length] === history[at + length]) {
            let same = 0;
            while (same < longest && history[from + same] === history[at + same]) same++;
            if (same > length) {
              length = same;
              distance = at - from;
            }
          }
          earlier = previous[from] ?? 0;
        }
      }
      if (length < minMatch) {
        const byte = history[at++] ?? 0;
        bits |= (literals.bits[byte] ?? 0) << count;
        count += literals.sizes[byte] ?? 0;
      } else {
        bits |= (lengths.bits[length] ?? 0) << count;
        count += lengths.sizes[length] ?? 0;
        for (; count >= 8; count -= 8, bits >>>= 8) scratch[out++] = bits;
        const back = distance - 1;
        const extra = back < 4 ? 0 : 30 - Math.clz32(back);
        const code = back < 4 ? back : 2 * extra + (back >> extra);
        bits |= ((distances[code] ?? 0) | ((back & ((1 << extra) - 1)) << 5)) << count;
        count += 5 + extra;
        for (const next = at++ + length; at < next; at++) {
          if (at > lastHashed) continue;
          const hash = hashAt(history, at);
          previous[at] = heads[hash] ?? 0;
          heads[hash] = at + 1;
        }
      }
      for (; count >= 8; count -= 8, bits >>>= 8) scratch[out++] = bits;
    }
    // The end of the block, seven zero bits, and the three of an empty stored block, which starts at the next byte.
    for (count += 10; count > 0; count -= 8, bits >>>= 8) scratch[out++] = bits;
    scratch.set(flush, out);
    out += flush.length;
    return out < piece.length + 10 ? scratch.subarray(0, out) : stored(piece);
  }

  #append(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#history.length) {
      const capacity = Math.min(Math.max(this.#history.length * 2, length), this.#size);
      const history = new Uint8Array(capacity);
      history.set(this.#history);
      const previous = new Uint16Array(capacity);
      previous.set(this.#previous);
      this.#history = history;
      this.#previous = previous;
    }
    this.#history.set(piece, this.#length);
    this.#length = length;
  }
}

function hashAt(bytes: Uint8Array, at: number): number {
  const four =
    (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  return Math.imul(four, 0x9e3779b1) >>> (32 - hashBits);
}

/** Returns a piece that does not become smaller: in a stored block, and an empty one for the decoder to pass it on. */
function stored(piece: Uint8Array): Uint8Array {
  const { length } = piece;
  scratch.set([0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255]);
  scratch.set(piece, 5);
  scratch.set([0, ...flush], 5 + length);
  return scratch.subarray(0, length + 10);
}

/** Returns the code with its bits in the order in which they are sent. */
function reversed(code: number, size: number): number {
  let bits = 0;
  for (let bit = 0; bit < size; bit++) bits |= ((code >> bit) & 1) << (size - 1 - bit);
  return bits;
}

/** The fixed codes of RFC 1951, section 3.2.6. */
function literalCodes(): Codes {
  const codes = { bits: new Uint32Array(288), sizes: new Uint8Array(288) };
  const add = (first: number, last: number, code: number, size: number): void => {
    for (let symbol = first; symbol <= last; symbol++) {
      codes.bits[symbol] = reversed(code + symbol - first, size);
      codes.sizes[symbol] = size;
    }
  };
  add(0, 143, 0x30, 8);
  add(144, 255, 0x190, 9);
  add(256, 279, 0, 7);
  add(280, 287, 0xc0, 8);
  return codes;
}

/** The code of each length of a match, with its extra bits: RFC 1951, section 3.2.5. */
function lengthCodes({ bits, sizes }: Codes): Codes {
  const codes = { bits: new Uint32Array(maxMatch + 1), sizes: new Uint8Array(maxMatch + 1) };
  let length = 3;
  for (let symbol = 257; symbol < 285; symbol++) {
    const extra = symbol < 265 ? 0 : (symbol - 261) >> 2;
    for (let rest = 0; rest < 1 << extra; rest++, length++) {
      codes.bits[length] = (bits[symbol] ?? 0) | (rest << (sizes[symbol] ?? 0));
      codes.sizes[length] = (sizes[symbol] ?? 0) + extra;
    }
  }
  codes.bits[maxMatch] = bits[285] ?? 0;
  codes.sizes[maxMatch] = sizes[285] ?? 0;
  return codes;
}
