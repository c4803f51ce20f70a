import { clock } from '../../time/clock.ts';
import { Changes, changeNameOf, nonceLength } from './Changes.ts';
import { changesKey, type Table } from './layout.ts';
import type { Durability, QueuedWrite } from './QueuedWrite.ts';

/** All writes of one transaction, from their execution to their acknowledgement. */
export class Commit {
  state: 'running' | 'visible' | 'flushed' | 'failed' = 'running';
  /** The logs that it changed. */
  readonly logs: readonly Uint8Array[];
  /** The counts of changes before and after it; equal where every write was rejected. */
  readonly before: number;
  readonly count: number;
  readonly #nonce = clock.random(nonceLength);
  readonly #writes: readonly QueuedWrite<unknown>[];

  /** Runs the writes inside a transaction; an exception must abort it. */
  constructor(table: Table, writes: readonly QueuedWrite<unknown>[]) {
    const logs = new Map<string, Uint8Array>();
    for (const write of writes) {
      if (write.run(table)) logs.set(changeNameOf(write.log), write.log);
    }
    const changes = new Changes(table.get(changesKey));
    this.logs = [...logs.values()];
    this.before = changes.count;
    this.count = changes.count + this.logs.length;
    if (this.logs.length > 0) table.put(changesKey, changes.with(this.logs, this.#nonce));
    this.#writes = writes;
  }

  /**
   * Returns true if a snapshot shows that it is committed. A failed commit leaves its count to the next one, hence the
   * nonce.
   */
  isIn(changes: Changes): boolean {
    return this.logs.length > 0 && changes.includes(this.count, this.#nonce);
  }

  visible(): void {
    this.state = 'visible';
    this.#settle('visible');
  }

  flushed(): void {
    this.state = 'flushed';
    this.#settle('flushed');
  }

  failed(): void {
    this.state = 'failed';
  }

  #settle(durability: Durability): void {
    for (const write of this.#writes) if (write.durability === durability) write.settle();
  }
}
