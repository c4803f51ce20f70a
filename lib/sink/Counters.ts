/** What one connection came to. @category sink */
export interface CloseStats {
  /** Milliseconds from the first byte to the end. */
  readonly duration: number;
  /** What was given to the socket, in bytes, or in characters where it was text. */
  readonly bytes: number;
  /** Events of the stream that were sent, gaps and heartbeats not counted. */
  readonly events: number;
  /** Events that were dropped for a slow reader, who was told. */
  readonly dropped: number;
}
