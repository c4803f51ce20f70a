import type { Draft } from '../log/draftOf.ts';
import type { Frame } from '../wire/Frame.ts';

/** A value that can be sent, all but its position; or the block itself, where it has its position already. */
export type Prepared = Draft | Frame | string;

/** Turns what a stream emits into blocks of the wire, each with its position. */
export interface Blocks {
  /** Checks and encodes a value. Throws when it cannot be sent. */
  prepare(value: unknown): Prepared;
  /** Its block, at the next position; '' when there is nothing to send. */
  place(prepared: Prepared): string;
  /** The block that says that something is missing here. */
  missed(): string;
  /** The block that says that nothing follows. */
  end(): string;
  /** A position that the reader does not know yet; '' where there is none. */
  position(): string;
}
