/** What one connection came to. @category sink */
export interface Counters {
  /** Milliseconds from the first byte to the end. */
  readonly duration: number;
  /** What was given to the socket, in bytes, or in characters where it was text. */
  readonly bytes: number;
}
