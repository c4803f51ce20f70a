import type { CloseReason } from './CloseReason.ts';

/** A connection that has begun, to whoever counts and ends those of a route. */
export interface Kept {
  readonly isBusy: boolean;
  /** Entries of the log that its reader is behind. */
  readonly lag: number;
  /** Events of the stream that were sent. */
  readonly events: number;
  /** Bytes, or characters of text, given to the socket. */
  readonly written: number;
  readonly beats: number;
  dropped: number;
  disconnect(last: string, gone: () => void): void;
}

/** A connection that was let in: who its client is, where that was asked for. */
export interface Admitted extends Kept {
  readonly client: string | undefined;
  readonly isAdmitted: boolean;
}

/** Who let a connection in. */
export interface Keeper {
  /** It is over, whether it had begun or not. Told once. */
  over(connection: Admitted, reason: CloseReason): void;
  /** A write to it came too late. */
  late(): void;
}
