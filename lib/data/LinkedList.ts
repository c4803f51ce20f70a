/** A node of an intrusive doubly linked list. It is in one list at a time, or in none. */
export class LinkedListNode {
  previous: LinkedListNode = this;
  next: LinkedListNode = this;

  /** True while the node is in a list. */
  get isLinked(): boolean {
    return this.next !== this;
  }

  /** Removes the node from its list; does nothing when it is in none. */
  unlink(): void {
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.previous = this;
    this.next = this;
  }
}

/**
 * An intrusive doubly linked list: adding, removing from anywhere, and appending a whole other list take constant time
 * and allocate nothing.
 */
export class LinkedList<T extends LinkedListNode> {
  /** Links the last node with the first, so that neither end is a special case. */
  readonly #sentinel = new LinkedListNode();

  get isEmpty(): boolean {
    return this.#sentinel.next === this.#sentinel;
  }

  get first(): T | undefined {
    const { next } = this.#sentinel;
    return next === this.#sentinel ? undefined : (next as T);
  }

  /** Appends a node, which leaves the list that it was in. */
  push(node: T): void {
    node.unlink();
    node.previous = this.#sentinel.previous;
    node.next = this.#sentinel;
    this.#sentinel.previous.next = node;
    this.#sentinel.previous = node;
  }

  /** Removes the first node and returns it. */
  shift(): T | undefined {
    const first = this.#sentinel.next;
    if (first === this.#sentinel) return undefined;
    first.unlink();
    return first as T;
  }

  /** Moves all nodes of another list behind the last one of this list, in their order. */
  append(other: LinkedList<T>): void {
    if (other.isEmpty) return;
    const first = other.#sentinel.next;
    const last = other.#sentinel.previous;
    other.#sentinel.unlink();
    first.previous = this.#sentinel.previous;
    last.next = this.#sentinel;
    this.#sentinel.previous.next = first;
    this.#sentinel.previous = last;
  }
}
