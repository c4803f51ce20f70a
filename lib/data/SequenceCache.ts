/** The bounds of a cache. The newest entry is retained in any case. */
interface CacheLimits {
  readonly maxEntries: number;
  /** The largest sum of the sizes, in the unit of the caller. */
  readonly maxSize: number;
}

interface Cached<V> {
  readonly sequence: number;
  readonly value: V;
  readonly size: number;
}

/**
 * Values by their sequence, the newest ones. A ring, since a `Map` that a key is added to and another one removed from, each
 * time, takes several times as long.
 */
export class SequenceCache<V> {
  readonly #limits: CacheLimits;
  readonly #ring: (Cached<V> | undefined)[] = [];
  #size = 0;

  constructor(limits: CacheLimits) {
    this.#limits = limits;
  }

  get(sequence: number): V | undefined {
    const cached = this.#ring[sequence % this.#limits.maxEntries];
    return cached?.sequence === sequence ? cached.value : undefined;
  }

  /** Adds a value, in place of those before it that do not fit any more. */
  set(sequence: number, value: V, size: number): void {
    const { maxEntries, maxSize } = this.#limits;
    const index = sequence % maxEntries;
    this.#drop(index);
    this.#ring[index] = { sequence, value, size };
    this.#size += size;
    // The next places hold the oldest ones.
    for (let step = 1; step < maxEntries && this.#size > maxSize; step++) this.#drop((index + step) % maxEntries);
  }

  #drop(index: number): void {
    const cached = this.#ring[index];
    if (cached === undefined) return;
    this.#size -= cached.size;
    this.#ring[index] = undefined;
  }
}
