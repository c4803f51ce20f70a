import { interval, type Subscription } from 'rxjs';
import { type Changes, changeNameOf } from './Changes.ts';
import type { Commit } from './Commit.ts';

/** How often other processes' commits are looked for, in ms. */
const pollEvery = 20;

/**
 * Those in this process who want to know when a log may have changed. Own
 * commits are told; other processes' are looked for while anybody watches.
 */
export class Watchers {
  readonly #changes: () => Changes;
  readonly #watchers = new Map<string, Set<() => void>>();
  /** The changes that are known here: the count of the last one. */
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

  /** Says that a transaction of this process is visible. */
  committed(commit: Pick<Commit, 'logs' | 'before' | 'count'>): void {
    // Unless other processes wrote in between: what they did is for the poll to find.
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
      // Whoever is woken reads, and is given the error where it can be told.
      this.#wake(this.#watchers.keys());
    }
  }

  #wake(names: Iterable<string>): void {
    for (const name of [...names]) {
      for (const changed of [...(this.#watchers.get(name) ?? [])]) changed();
    }
  }
}
