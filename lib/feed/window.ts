import type { LogState } from '../log/EventLog.ts';
import type { EntryRange } from '../log/Segments.ts';

/** Entries at the tail of a log, at hand without waiting, and the newest state known of it. */
export interface Window {
  readonly state: LogState;
  /** The sequence of its last entry; it may still be behind the log's own. */
  readonly tail: number;
  /** The entries after a sequence; `undefined` when the window begins later. */
  page(after: number, maxBytes: number): EntryRange | undefined;
  close(): void;
}

/** Told when the window has grown, the log has ended, or cannot be read any more. */
export interface WindowObserver {
  grown(): void;
  failed(error: unknown): void;
}
