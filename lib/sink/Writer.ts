import type { Beats } from './beats.ts';
import type { CloseReason } from './CloseReason.ts';
import type { Stalls } from './stalls.ts';

/** Whoever feeds a connection: told when it may write again, and when it is over. */
export interface Writer {
  /** Events of the stream that were sent. */
  readonly events: number;
  /** Events of the log that it is behind. */
  readonly lag: number;
  /** The socket drained. */
  ready(): void;
  /** What to say into a silence; '' leaves it to a comment. */
  beat(): string;
  /** What has to be said before the connection ends for a reason of its own: how far the reader has come. */
  last(): string;
  /** Ends it by an error: the route decides what the reader gets. */
  fail(error: unknown): void;
  /** The connection is over, whoever ended it. Called once. */
  gone(): void;
}

/** What the connections of one route have in common. */
export interface Lines {
  readonly beats: Beats | undefined;
  readonly stalls: Stalls | undefined;
}

/** Who follows one connection to its end: told once, while its writer is still known. */
export interface Following {
  over(reason: CloseReason): void;
}
