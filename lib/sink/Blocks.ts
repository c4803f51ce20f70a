/** Turns what a stream emits into blocks of the wire, each with its position. */
export interface Blocks {
  /** The block of a value; '' when there is nothing to send. Throws when the value cannot be sent. */
  blockOf(value: unknown): string;
  /** The block that says that nothing follows. */
  end(): string;
  /** A position that the reader does not know yet; '' where there is none. */
  position(): string;
}
