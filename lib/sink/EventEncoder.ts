import { encodeEvent } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { encodeFrame, encodeMessage } from '../wire/encodeFrame.ts';
import type { Frame } from '../wire/Frame.ts';
import type { Wire } from './Wire.ts';

/** An event that can be sent as it is, but for its id. */
export interface UnnumberedFrame {
  /** Its frame, without an `id:` line. */
  readonly frame: string;
  /** The same after a line feed, which ends the line of the id: a text of fewer pieces is flattened sooner. */
  readonly lineAndFrame: string;
}

/** An event that has no position yet, or a frame that is complete: as text, or as the program made it. */
export type Encoded = UnnumberedFrame | Frame | string;

/** Returns true for an event, which a comment or a wait is not. */
export function isEventFrame(encoded: Encoded): boolean {
  return typeof encoded === 'string' || !('_tag' in encoded) || encoded._tag === 'Message';
}

/** Returns the characters of what was encoded, without those of its id. */
export function sizeOf(encoded: Encoded): number {
  return storedText(encoded).length;
}

/** Returns the text that most of the memory of what was encoded is for. */
export function storedText(encoded: Encoded): string {
  if (typeof encoded === 'string') return encoded;
  if ('frame' in encoded) return encoded.frame;
  return encoded._tag === 'Message' ? encoded.data : '';
}

/** Turns the values of a stream into frames with ids. */
export interface EventEncoder {
  /** Events that were encoded, with or without a position. */
  readonly sent: number;
  /** The cursor of the reader; `undefined` before it has one. */
  readonly cursor: string | undefined;
  /** How gaps and the end are written. */
  readonly wire: Wire;
  /** Checks and encodes a value. @throws the reason why the value cannot be sent. */
  encode(value: unknown): Encoded;
  /** Returns the text followed by the frame, which gets the next position. */
  append(text: string, encoded: Encoded): string;
  /** Returns the gap for events that were dropped here; `undefined` if none ever is. */
  overflowGap(): Gap['data'] | undefined;
  /** Returns the frames after which nothing follows; `undefined` if the reader cannot be notified of this end. */
  endFrame(): string | undefined;
  /** Returns a position that the reader does not know yet; '' if there is none. */
  positionFrame(): string;
}

/** Encodes an event that has no position: the reader keeps the position it has. */
export function frameWithoutId(event: unknown, contract: Contract | undefined, wire?: Wire): string {
  const encoded = encodeEvent(event, contract, wire?.rules);
  if (encoded === undefined) return '';
  if ('_tag' in encoded) return encodeFrame(encoded);
  return encodeMessage(undefined, encoded.event, encoded.data);
}
