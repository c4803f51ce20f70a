import type { Gap } from '../event/Gap.ts';
import type { LogEnd, Page } from '../log/EventLog.ts';
import type { EntryRange } from '../log/Segments.ts';
import { Swept } from './sweep.ts';

/** What was read of the log for a reader, and how much the window had heard when it was asked for. */
export interface Fetched {
  readonly page: Page;
  readonly heard: number;
}

/** Who places readers and gives them what they lack. */
export interface Server {
  serve(reader: Reader): void;
}

/**
 * One who reads a feed: a cursor, and a way to be given what comes after it.
 *
 * It has no queue. While it is not ready nothing is read for it, and when it is
 * ready again it goes on from the log.
 */
export abstract class Reader extends Swept {
  /** The sequence of the last entry that it was given, of `epoch`. */
  after = 0;
  epoch = '';
  server: Server | undefined;
  /** Was read of the log for it, and waits for its turn. */
  fetched: Fetched | undefined;

  /** It can be given more now. */
  abstract get isReady(): boolean;
  /** Gives it the entries that follow `after`; tells whether it is still ready. */
  abstract write(stretch: EntryRange): boolean;
  /** Tells it that something is missing at its place. */
  abstract gap(gap: Gap): void;
  /** Nothing will follow. */
  abstract end(how: LogEnd): void;
  /** The log cannot be read. */
  abstract override fail(error: unknown): void;

  /** The server shuts down: it is to leave with these last blocks; calls back when it has. */
  abstract disconnect(last: string, gone: () => void): void;

  override step(): void {
    this.server?.serve(this);
  }
}
