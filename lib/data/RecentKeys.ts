/** The values of the newest keys, so many of them; each key is added once. */
export class RecentKeys<T> {
  readonly #most: number;
  readonly #values = new Map<string, T>();
  /** A ring. The map has the same order, but finding its first key behind all deleted ones takes long. */
  readonly #inOrder: string[] = [];
  #next = 0;

  constructor(most: number) {
    this.#most = Math.floor(most);
  }

  find(key: string): T | undefined {
    return this.#values.get(key);
  }

  add(key: string, value: T): void {
    if (this.#most < 1) return;
    const oldest = this.#inOrder[this.#next];
    if (oldest !== undefined) this.#values.delete(oldest);
    this.#values.set(key, value);
    this.#inOrder[this.#next] = key;
    this.#next = (this.#next + 1) % this.#most;
  }

  clear(): void {
    this.#values.clear();
    this.#inOrder.length = 0;
    this.#next = 0;
  }
}
