/**
 * A first-in, first-out queue. Removing the head takes constant time, and a removed item is not retained.
 *
 * @internal
 */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  /** The item that is removed next. */
  get head(): T | undefined {
    return this.#items[this.#first];
  }

  /** The item that was added last. */
  get tail(): T | undefined {
    return this.#items[this.#items.length - 1];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Replaces the item that was added last. */
  replaceTail(item: T): void {
    this.#items[this.#items.length - 1] = item;
  }

  shift(): T | undefined {
    const item = this.#items[this.#first];
    this.#items[this.#first] = undefined;
    this.#first++;
    if (this.#first >= this.#items.length) this.clear();
    else if (this.#first > 512 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let n = this.#first; n < this.#items.length; n++) yield this.#items[n] as T;
  }

  clear(): void {
    this.#items.length = 0;
    this.#first = 0;
  }
}
