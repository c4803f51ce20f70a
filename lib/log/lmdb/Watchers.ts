import { interval, type Subscription } from 'rxjs';
import { type Changes, changeNameOf } from './Changes.ts';
import type { Commit } from './Commit.ts';

/** How often commits of other processes are looked for, in ms. */
const pollEvery = 20;

/**
 * The subscribers of this process that are notified when a log may have changed. Its own commits notify at once;
 * commits of other processes are polled for while there are subscribers.
 */
export class Watchers {
  readonly #changes: () => Changes;
  readonly #watchers = new Map<string, Set<() => void>>();
  /** The count of the last known change. */
  #seen = 0;
  #polling: Subscription | undefined;

  constructor(changes: () => Changes) {
    this.#changes = changes;
  }

  /** Calls back until the returned function is called. */
  add(log: Uint8Array, changed: () => void): () => void {
    if (this.#polling === undefined) {
      this.#seen = this.#changes().count;
      this.#polling = interval(pollEvery).subscribe(() => this.#poll());
    }
    const name = changeNameOf(log);
    const watchers = this.#watchers.get(name) ?? new Set();
    this.#watchers.set(name, watchers.add(changed));
    return () => {
      watchers.delete(changed);
      if (watchers.size === 0 && this.#watchers.get(name) === watchers) this.#watchers.delete(name);
      if (this.#watchers.size > 0) return;
      this.#polling?.unsubscribe();
      this.#polling = undefined;
    };
  }

  /** Notifies the subscribers of a visible transaction of this process. */
  committed(commit: Pick<Commit, 'logs' | 'before' | 'count'>): void {
    // If other processes wrote in between, the poll finds what they did.
    if (this.#seen === commit.before) this.#seen = commit.count;
    this.#wake(commit.logs.map(changeNameOf));
  }

  #poll(): void {
    try {
      const changes = this.#changes();
      const changed = changes.since(this.#seen);
      this.#seen = changes.count;
      this.#wake(changed ?? this.#watchers.keys());
    } catch {
      // The subscriber reads the log and gets the error there.
      this.#wake(this.#watchers.keys());
    }
  }

  #wake(names: Iterable<string>): void {
    for (const name of [...names]) {
      for (const changed of [...(this.#watchers.get(name) ?? [])]) changed();
    }
  }
}
