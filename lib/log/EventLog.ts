import type { Observable } from 'rxjs';
import type { EncodedEvent } from '../event/encodeEvent.ts';

/** An epoch that ended before the current one started; its cursors up to `last` are still exact. @category log */
export interface PastEpoch {
  readonly epoch: string;
  /** The sequence of its last entry. */
  readonly last: number;
}

/** The state of a log at one moment. @category log */
export interface LogState {
  /** Names one unbroken numbering. It changes whenever a sequence could have been used twice, or a tail was lost. */
  readonly epoch: string;
  /** Earlier epochs of the same entries, oldest first; few. */
  readonly past: readonly PastEpoch[];
  /** The sequence before the oldest entry that the log still has; 0 when none was trimmed. */
  readonly floor: number;
  /** The sequence of the newest entry; 0 when there was none. */
  readonly tail: number;
  /** How the log ended, `false` while entries can be appended. */
  readonly ended: false | LogEnd;
}

/** How a log ended. @category log */
export type LogEnd = 'completed' | 'failed';

/** Consecutive entries as they are sent. @category log */
export interface EntryRange {
  /** The sequence after which the range starts: the requested one, or the floor where that was trimmed. */
  readonly after: number;
  /** The sequence of its last entry; `after` when it is empty. */
  readonly last: number;
  /** The entries' frames as they are sent, ids included. Shared: must not be written to. */
  readonly bytes: Uint8Array;
}

/** Consecutive entries, and the state of the log at the moment at which they were read. @category log */
export interface Page extends EntryRange, LogState {}

/** The positions of appended entries. @category log */
export interface Appended {
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
}

/** How a write is fenced against producers that were replaced. @category log */
export interface FenceOptions {
  /**
   * The token of the caller's claim. The write errors with a `FencedError`, and stores nothing, unless it is the token
   * of the newest claim.
   *
   * @default none: the write is not fenced
   */
  readonly token?: number;
}

/** The claim on a log at one moment, as the caller of `claim` gets it. @category log */
export interface ClaimState {
  /** True if the caller has the claim now. */
  readonly held: boolean;
  /** The fencing token of the newest claim, higher than those before it, also over restarts; 0 where there was none. */
  readonly token: number;
  /** How many milliseconds the claim lasts unless it is renewed; 0 where it is free. */
  readonly remaining: number;
}

/** How a log appends. @category log */
export interface AppendOptions extends FenceOptions {
  /**
   * An idempotency key: entries are appended once, however often they are appended with the same key, and later calls
   * return the first result. Each log documents how long it remembers keys.
   *
   * @default none: every call appends
   */
  readonly key?: string;
}

/**
 * Stores entries in order, so that a reader can continue after a cursor.
 *
 * An implementation passes `logSuite` of `rxsse/testing`. All Observables are eager: the work is done whether or not
 * there is a subscriber, and a late subscriber gets the result as well. They may complete before they are returned.
 *
 * @category log
 */
export interface EventLog {
  /**
   * True when the bytes are in this process and `read` is synchronous and copies nothing; a feed then keeps no copy of
   * the tail.
   *
   * @default false
   */
  readonly inMemory?: boolean;
  /**
   * True when several processes may write to it: a feed with a `source` then claims it, so that the source runs in one
   * of them. It needs `claim`.
   *
   * @default false
   */
  readonly shared?: boolean;
  /**
   * Appends events after the tail, all or none, in order, with no other entry between them. Errors when they were not
   * stored: the log is closed, has ended, was claimed by another producer, or its storage failed.
   */
  append(events: readonly EncodedEvent[], options?: AppendOptions): Observable<Appended>;
  /**
   * Reads entries after a sequence: at least one if there is one, then no more than fit into `maxBytes`; `last < tail`
   * means that there are more. After the tail the page is empty; below the floor it starts at the floor, which `after`
   * shows. It never skips an entry.
   */
  read(after: number, maxBytes: number): Observable<Page>;
  /**
   * Returns what `read` emits, without an Observable around it, for a log that is `inMemory`: a feed calls it for each
   * write.
   *
   * @default absent: `read` is called
   * @throws ClosedError when the log is closed.
   */
  readNow?(after: number, maxBytes: number): Page;
  /**
   * Emits when there may be something to read: after appends of any process, and after the end. It is a hint without
   * content; subscribe before reading.
   */
  readonly wakes: Observable<void>;
  /**
   * Ends the log: no entry follows. Ending it again changes nothing, whatever the token. Errors when that was not
   * stored.
   */
  end(how: LogEnd, options?: FenceOptions): Observable<LogState>;
  /**
   * Takes or renews the right to produce for `lease` milliseconds, where it is free, has expired or is the holder's
   * own; it is atomic over all processes. `lease` is counted by the clock of the log, from the last call. 0 gives an own
   * claim up, which wakes `wakes`, as nothing else here does.
   *
   * A write without a token needs no claim; one that must not come from a producer that was replaced has the token.
   * A known idempotency key gets its result whatever the token. The token rises when another holder takes the claim, and
   * when it is taken after it was given up; renewing retains it.
   *
   * @param holder a text that is unique to the caller over all processes
   * @default absent: several processes cannot agree on one producer
   * @throws RangeError at once, for a lease that is not from 0 to 2147483647.
   */
  claim?(holder: string, lease: number): Observable<ClaimState>;
  /**
   * Makes each epoch of the log start with a text, so that a cursor says which log it belongs to. It is called once, before
   * anything else, with the same text in each process: 1 to 24 of the characters `A-Z a-z 0-9 _ -`. The log adds a random
   * text, different for each of its epochs; together they have at most 32 characters. While nothing of the log is stored,
   * its epoch is the prefix alone, by which a log that does not exist is recognized.
   *
   * @default absent: the log cannot have the stream of a request (`resume.log`) that other processes resume
   */
  prefixEpochs?(prefix: string): void;
  /** Releases what the log holds and completes `wakes`. Later calls error with `ClosedError`. */
  close(): void;
}
