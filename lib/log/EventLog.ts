import type { Observable } from 'rxjs';
import type { EncodedEvent } from '../event/encodeEvent.ts';

/** A numbering that ended before the present one began; its cursors up to `last` are still exact. @category log */
export interface PastEpoch {
  readonly epoch: string;
  /** The sequence of its last entry. */
  readonly last: number;
}

/** What a log says of itself at one moment. @category log */
export interface LogState {
  /** Changes whenever a sequence could have been used twice, or a tail was lost. */
  readonly epoch: string;
  /** Earlier epochs of the same entries, oldest first; few. */
  readonly past: readonly PastEpoch[];
  /** The sequence before the oldest entry that is kept; 0 when none was trimmed. */
  readonly floor: number;
  /** The sequence of the newest entry; 0 when there was none. */
  readonly tail: number;
  /** Nothing will be appended any more. */
  readonly ended: false | LogEnd;
}

/** How a log ended. @category log */
export type LogEnd = 'completed' | 'failed';

/**
 * Entries that follow each other, and the state of the log at the moment at
 * which they were read.
 *
 * @category log
 */
export interface Page extends LogState {
  /** The sequence after which it begins: what was asked for, or the floor where that was trimmed. */
  readonly after: number;
  /** The sequence of its last entry; `after` when it is empty. */
  readonly last: number;
  /** The entries' blocks as they go over the wire, ids included. Shared: not to be written to. */
  readonly bytes: Uint8Array;
}

/** Where appended entries were placed. @category log */
export interface Appended {
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
}

/** How a log appends. @category log */
export interface AppendOptions {
  /**
   * Appends once, however often it is called with the same key; later calls
   * give what the first one gave. Remembered for as long as the log documents.
   *
   * @default none: every call appends
   */
  readonly key?: string;
}

/**
 * Remembers entries in order, so that a reader can go on where it was.
 *
 * An implementation passes `logSuite` of `rxsse/testing`. All Observables are
 * eager: the work is done whether or not anybody subscribes, and who subscribes
 * late gets the result all the same. They may complete before they are returned.
 *
 * @category log
 */
export interface EventLog {
  /**
   * Its bytes are in this process, and `read` is synchronous and copies none: a
   * feed then keeps no copy of the tail.
   *
   * @default false
   */
  readonly inMemory?: boolean;
  /**
   * Places the drafts behind the tail, all or none, in order, with no other
   * entry between them. Errors when they were not remembered: the log is
   * closed, has ended, or its storage failed.
   */
  append(drafts: readonly EncodedEvent[], options?: AppendOptions): Observable<Appended>;
  /**
   * Reads entries after a sequence: at least one if there is one, then no more
   * than fit into `maxBytes`; `last < tail` says that there are more. After the tail it is empty; below the floor it
   * begins at the floor, which `after` tells. Never skips an entry.
   */
  read(after: number, maxBytes: number): Observable<Page>;
  /**
   * What `read` gives, with no Observable around it, for a log that is
   * `inMemory`: a feed then asks this at each write.
   *
   * @default absent: `read` is asked
   * @throws ClosedError when the log is closed.
   */
  readNow?(after: number, maxBytes: number): Page;
  /**
   * Emits when there may be something to read: after appends of any process,
   * after the end. A hint that carries nothing; subscribe before reading.
   */
  readonly wakes: Observable<void>;
  /** Says that nothing will follow. Ending twice changes nothing. */
  end(how: LogEnd): Observable<LogState>;
  /** Lets go of what the log holds, and completes `wakes`. Later calls error with `ClosedError`. */
  close(): void;
}
