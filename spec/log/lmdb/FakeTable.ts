import type { Table } from '../../../lib/log/lmdb/layout.ts';

/** An lmdb table in memory, as far as this library uses one, whose transactions a spec starts and flushes. */
export class FakeTable {
  readonly entries = new Map<string, Uint8Array>();
  /** Transactions in the order in which they were requested. */
  readonly transactions: {
    readonly begin: () => void;
    readonly flush: () => void;
    readonly fail: (e: Error) => void;
  }[] = [];
  /** The numbers of the newest commit, and of the commit that a transaction continues from. */
  newestCommit = 0;
  baseCommit = 0;
  snapshots = 0;
  readerChecks = 0;
  isClosed = false;
  /** Thrown by each read while it is set. */
  broken: Error | undefined;

  get table(): Table {
    return this as unknown as Table;
  }

  get keys(): readonly string[] {
    return [...this.entries.keys()].sort();
  }

  get(key: Uint8Array): Uint8Array | undefined {
    if (this.broken !== undefined) throw this.broken;
    return this.entries.get(hex(key));
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.entries.set(hex(key), value);
  }

  remove(key: Uint8Array): void {
    this.entries.delete(hex(key));
  }

  getRange({ start, end, limit = Infinity }: { start: Uint8Array; end: Uint8Array; limit?: number }) {
    return this.keys
      .filter((key) => key >= hex(start) && key < hex(end))
      .slice(0, limit)
      .map((key) => ({ key: Buffer.from(key, 'hex'), value: this.entries.get(key) as Uint8Array }));
  }

  childTransaction(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        try {
          work();
        } catch (error) {
          reject(error);
        }
      };
      this.transactions.push({ begin, flush: resolve, fail: reject });
    });
  }

  getWriteTxnId(): number {
    return this.baseCommit + 1;
  }

  getStats(): { readonly lastTxnId: number } {
    return { lastTxnId: this.newestCommit };
  }

  resetReadTxn(): void {
    this.snapshots++;
  }

  readerCheck(): void {
    this.readerChecks++;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
