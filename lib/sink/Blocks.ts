import type { Gap } from '../event/Gap.ts';
import type { Draft } from '../log/draftOf.ts';
import type { Frame } from '../wire/Frame.ts';

/** A value that can be sent, all but its position; or the block itself, where it has its position already. */
export type Prepared = Draft | Frame | string;

/** Turns what a stream emits into blocks of the wire, each with its position. */
export interface Blocks {
  /** Events that were given a place so far. */
  readonly events: number;
  /** Checks and encodes a value. Throws when it cannot be sent. */
  prepare(value: unknown): Prepared;
  /** Its block, at the next position; '' when there is nothing to send. */
  place(prepared: Prepared): string;
  /** What the reader is told when something is missing here; `undefined` where nothing ever is. */
  missed(): Gap['data'] | undefined;
  /** The block that says that nothing follows. */
  end(): string;
  /** A position that the reader does not know yet; '' where there is none. */
  position(): string;
}
