/** The source of a connection's frames. */
export interface Writer {
  /** Events of the stream that were sent. */
  readonly events: number;
  /** Entries of the log that the reader is behind. */
  readonly lag: number;
  /** The cursor of what was written last; `undefined` where the stream has none. */
  readonly cursor: string | undefined;
  /** Called when the full socket has drained. */
  onDrain(): void;
  /** Returns the position to send instead of a heartbeat; '' if the reader knows its position. */
  takePositionFrame(): string;
  /** Returns what has to be sent before the response ends early: what is pending, and the reader's position. */
  takeLastFrames(): string;
  /** Ends the connection by an error: the route decides what the reader gets. */
  fail(error: unknown): void;
  /** Called once, when the connection has closed for whatever reason. */
  onClose(): void;
}
