import type { EncodedEvent } from '../event/encodeEvent.ts';
import type { Gap } from '../event/Gap.ts';
import type { Frame } from '../wire/Frame.ts';

/** A value that can be sent, all but its position; or the block itself, where it has its position already. */
export type Encoded = EncodedEvent | Frame | string;

/** Turns what a stream emits into blocks of the wire, each with its position. */
export interface EventEncoder {
  /** Events that were given a place so far. */
  readonly sent: number;
  /** Checks and encodes a value. Throws when it cannot be sent. */
  encode(value: unknown): Encoded;
  /** Its block, at the next position; '' when there is nothing to send. */
  withId(prepared: Encoded): string;
  /** What the reader is told when something is missing here; `undefined` where nothing ever is. */
  overflowGap(): Gap['data'] | undefined;
  /** The block that says that nothing follows. */
  endFrame(): string;
  /** A position that the reader does not know yet; '' where there is none. */
  positionFrame(): string;
}
