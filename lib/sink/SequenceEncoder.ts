import { cursorOf, endCursorOf, freshEpoch } from '../event/cursor.ts';
import { checkSize, encodeEvent } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { encodeFrame, encodeJsonMessage, encodeMessage } from '../wire/encodeFrame.ts';
import type { Encoded, EventEncoder } from './EventEncoder.ts';
import type { Wire } from './Wire.ts';

/**
 * Numbers the events of one connection's stream, which has no log: under an epoch of its own, dense from 1. Where the route sends no ids, it only counts them.
 */
export class SequenceEncoder implements EventEncoder {
  readonly wire: Wire;
  #epoch: string | undefined;
  readonly #contract: Contract | undefined;
  readonly #maxEventBytes: number;
  #sequence = 0;

  constructor(contract: Contract | undefined, maxEventBytes: number, wire: Wire) {
    this.wire = wire;
    this.#contract = contract;
    this.#maxEventBytes = maxEventBytes;
  }

  get sent(): number {
    return this.#sequence;
  }

  /** The epoch, created when it is first needed: a reader without events costs no random bytes. */
  get epoch(): string {
    this.#epoch ??= freshEpoch();
    return this.#epoch;
  }

  encode(value: unknown): Encoded {
    const encoded = encodeEvent(value, this.#contract, this.wire.rules);
    if (encoded === undefined) return '';
    if ('data' in encoded) checkSize(encoded, this.#maxEventBytes);
    return encoded;
  }

  withId(encoded: Encoded): string {
    if (typeof encoded === 'string') return encoded;
    if ('_tag' in encoded && encoded._tag !== 'Message') return encodeFrame(encoded);
    this.#sequence++;
    if (!this.wire.hasIds) {
      return encodeMessage('_tag' in encoded ? encoded.id : undefined, encoded.event, encoded.data, encoded.retry);
    }
    const cursor = cursorOf(this.epoch, this.#sequence);
    return '_tag' in encoded
      ? encodeMessage(cursor, encoded.event, encoded.data, encoded.retry)
      : encodeJsonMessage(cursor, encoded.event, encoded.data);
  }

  overflowGap(): Gap['data'] {
    return { reason: 'overflow', requested: null, resumedFrom: cursorOf(this.epoch, this.#sequence) };
  }

  endFrame(): string | undefined {
    return this.wire.end(endCursorOf(this.epoch, this.#sequence));
  }

  /** Returns '': each event carries its own position. */
  positionFrame(): string {
    return '';
  }
}
