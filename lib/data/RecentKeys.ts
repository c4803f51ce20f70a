/** A map of the newest keys, at most `maxKeys` of them. Each key is added once. */
export class RecentKeys<T> {
  readonly #maxKeys: number;
  readonly #values = new Map<string, T>();
  /** A ring of the keys in order. The map has the same order, but finding its first key behind deleted ones is slow. */
  readonly #ring: string[] = [];
  #next = 0;

  constructor(maxKeys: number) {
    this.#maxKeys = Math.floor(maxKeys);
  }

  find(key: string): T | undefined {
    return this.#values.get(key);
  }

  add(key: string, value: T): void {
    if (this.#maxKeys < 1) return;
    const oldest = this.#ring[this.#next];
    if (oldest !== undefined) this.#values.delete(oldest);
    this.#values.set(key, value);
    this.#ring[this.#next] = key;
    this.#next = (this.#next + 1) % this.#maxKeys;
  }

  clear(): void {
    this.#values.clear();
    this.#ring.length = 0;
    this.#next = 0;
  }
}
