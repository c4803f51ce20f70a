/** Something that stands in one line at a time, or in none. */
export class LinkedListNode {
  before: LinkedListNode = this;
  behind: LinkedListNode = this;

  /** It stands in a line. */
  get isIn(): boolean {
    return this.behind !== this;
  }

  /** Leaves whatever line it stands in. */
  leave(): void {
    this.before.behind = this.behind;
    this.behind.before = this.before;
    this.before = this;
    this.behind = this;
  }
}

/**
 * A queue of links: joining, leaving from anywhere in it, and moving one whole
 * line behind another take the same few steps for any number of them.
 */
export class LinkedList<T extends LinkedListNode> {
  /** Stands between the last and the first, so that no end is a special case. */
  readonly #gap = new LinkedListNode();

  get isEmpty(): boolean {
    return this.#gap.behind === this.#gap;
  }

  get first(): T | undefined {
    const { behind } = this.#gap;
    return behind === this.#gap ? undefined : (behind as T);
  }

  push(link: T): void {
    link.leave();
    link.before = this.#gap.before;
    link.behind = this.#gap;
    this.#gap.before.behind = link;
    this.#gap.before = link;
  }

  shift(): T | undefined {
    const first = this.#gap.behind;
    if (first === this.#gap) return undefined;
    first.leave();
    return first as T;
  }

  /** All who stand in the other line stand behind this one's last from now on, in their order. */
  take(other: LinkedList<T>): void {
    if (other.isEmpty) return;
    const first = other.#gap.behind;
    const last = other.#gap.before;
    other.#gap.leave();
    first.before = this.#gap.before;
    last.behind = this.#gap;
    this.#gap.before.behind = first;
    this.#gap.before = last;
  }
}
