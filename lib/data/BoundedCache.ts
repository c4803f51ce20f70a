/** The bounds of a cache. The newest entry is retained in any case. */
interface CacheLimits {
  readonly maxEntries: number;
  /** The largest sum of the sizes, in the unit of the caller. */
  readonly maxSize: number;
}

interface Cached<V> {
  readonly value: V;
  readonly size: number;
}

/** A map that drops its oldest entries when it has too many of them, or when they are too large together. */
export class BoundedCache<K, V> {
  readonly #limits: CacheLimits;
  readonly #entries = new Map<K, Cached<V>>();
  #size = 0;

  constructor(limits: CacheLimits) {
    this.#limits = limits;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Returns the size that the entry was added with; 0 where there is none. */
  sizeOf(key: K): number {
    return this.#entries.get(key)?.size ?? 0;
  }

  set(key: K, value: V, size: number): void {
    this.#size += size - this.sizeOf(key);
    this.#entries.set(key, { value, size });
    const { maxEntries, maxSize } = this.#limits;
    while (this.#entries.size > maxEntries || (this.#size > maxSize && this.#entries.size > 1)) {
      const [oldest] = this.#entries;
      if (oldest === undefined) return;
      this.#entries.delete(oldest[0]);
      this.#size -= oldest[1].size;
    }
  }
}
