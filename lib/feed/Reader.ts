import type { Gap } from '../event/Gap.ts';
import type { EntryRange, LogEnd, Page } from '../log/EventLog.ts';
import type { GapPolicy, StartOptions } from './startPosition.ts';
import { SweepNode } from './sweep.ts';

/** Where the entries of a reader go: the connection of a route, or a pipeline. */
export interface ReaderTarget {
  /** Returns true if the target takes more. After false, the target puts its reader into the sweep when it takes more again. */
  checkReady(): boolean;
  /** Writes the entries that follow the last ones; returns whether more can be written. */
  write(range: EntryRange): boolean;
  /** Writes that entries are missing at the reader's position, or takes its snapshot, which moves the reader on. */
  writeGap(gap: Gap): void;
  /** Ends the response or the pipeline: no entry follows. */
  end(logEnd: LogEnd): void;
  /** Ends the response or the pipeline with an error. */
  fail(error: unknown): void;
  /**
   * Ends the response or the pipeline because the server shuts down, after this frame and the wait for the reader in milliseconds;
   * calls back when that is delivered or cut.
   */
  endForShutdown(lastFrame: string, retry: number, done: () => void): void;
}

/** A page that was loaded for a reader, and the version of the window when it was requested. */
export interface LoadedPage {
  readonly page: Page;
  readonly version: number;
}

/**
 * One reader of a feed: a cursor and a target.
 *
 * It has no queue. While its target is not ready, nothing is read for the reader; it continues from the log afterwards.
 */
export class Reader extends SweepNode {
  readonly target: ReaderTarget;
  /** The sequence after which it reads, in `epoch`: of the last entry that was written or skipped. */
  afterSequence = 0;
  epoch = '';
  /** Where it continues when it misses something; `undefined`: at the oldest entry. */
  gapPolicy: GapPolicy | undefined;
  /** Takes the snapshot with which it continues then, in place of a policy. */
  snapshot: StartOptions['snapshot'];
  /** The set that contains the reader; `undefined` before it was added and after it was removed. */
  readerSet: { writePage(reader: Reader): void } | undefined;
  /** A page that waits for the reader's turn. */
  loaded: LoadedPage | undefined;

  constructor(target: ReaderTarget) {
    super();
    this.target = target;
  }

  serve(): void {
    this.readerSet?.writePage(this);
  }

  fail(error: unknown): void {
    this.target.fail(error);
  }
}
