/** Counts what is not acknowledged, so that a publisher is never more than 1000 events ahead of the storage. */
export class Unacknowledged {
  readonly #most = 1000;
  #count = 0;
  #waiting: (() => void) | undefined;

  add(events: number, acknowledged: Promise<unknown>): void {
    this.#count += events;
    acknowledged.then(() => {
      this.#count -= events;
      if (this.#count > this.#most / 2) return;
      this.#waiting?.();
      this.#waiting = undefined;
    });
  }

  /** Resolves when half of it is acknowledged, if there is too much that is not; returns nothing if there is not. */
  ready(): Promise<void> | undefined {
    if (this.#count < this.#most) return undefined;
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}
