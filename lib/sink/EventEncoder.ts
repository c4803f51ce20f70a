import { type EncodedEvent, encodeLogged } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { encodeFrame, encodeMessage } from '../wire/encodeFrame.ts';
import { comment, type Frame, isFrame } from '../wire/Frame.ts';
import { gap } from '../wire/reserved.ts';

/** A value that can be sent as it is but for its position, or its frame, if that has a position already. */
export type Encoded = EncodedEvent | Frame | string;

/** Turns the values of a stream into frames with ids. */
export interface EventEncoder {
  /** Events that were given a position. */
  readonly sent: number;
  /** Checks and encodes a value. @throws what the value cannot be sent for. */
  encode(value: unknown): Encoded;
  /** Returns the frame at the next position; '' if there is nothing to send. */
  withId(encoded: Encoded): string;
  /** Returns the gap for events that were dropped here; `undefined` if none ever is. */
  overflowGap(): Gap['data'] | undefined;
  /** Returns the frame after which nothing follows. */
  endFrame(): string;
  /** Returns a position that the reader does not know yet; '' if there is none. */
  positionFrame(): string;
}

/** The comment that is sent after silence. */
export const heartbeatFrame: Uint8Array = new TextEncoder().encode(encodeFrame(comment()));

/** Encodes a gap. Its id is the position before the event that follows. */
export function gapFrame(data: Gap['data'], cursor = data.resumedFrom): string {
  return encodeFrame(gap(cursor, JSON.stringify(data)));
}

/** Encodes an event that has no position: the reader keeps the position it has. */
export function frameWithoutId(event: unknown, contract: Contract | undefined): string {
  const encoded = encodeLogged(event, contract);
  if (encoded !== undefined) return encodeMessage(undefined, encoded.event, encoded.data, encoded.retry);
  return isFrame(event) ? encodeFrame(event) : '';
}
