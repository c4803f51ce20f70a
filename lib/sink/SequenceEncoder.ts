import { cursorOf, cursorPrefix, endCursorOf, freshEpoch } from '../event/cursor.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { encodeFrame, encodeMessage } from '../wire/encodeFrame.ts';
import type { Encoded, EventEncoder } from './EventEncoder.ts';
import type { SharedEncodings } from './SharedEncodings.ts';
import type { Wire } from './Wire.ts';

/**
 * Numbers the events of one connection's stream, which has no log: under an epoch of its own, dense from 1. Where the route sends no ids, it only counts them.
 */
export class SequenceEncoder implements EventEncoder {
  readonly wire: Wire;
  #epoch: string | undefined;
  #prefix: string | undefined;
  readonly #contract: Contract | undefined;
  readonly #shared: SharedEncodings;
  #sequence = 0;

  constructor(contract: Contract | undefined, wire: Wire, shared: SharedEncodings) {
    this.wire = wire;
    this.#shared = shared;
    this.#contract = contract;
  }

  get sent(): number {
    return this.#sequence;
  }

  get cursor(): string | undefined {
    return this.#epoch && cursorOf(this.#epoch, this.#sequence);
  }

  /** The epoch, created when it is first needed: a reader without events costs no random bytes. */
  get epoch(): string {
    this.#epoch ??= freshEpoch();
    return this.#epoch;
  }

  encode(value: unknown): Encoded {
    return this.#shared.encode(value, this.#contract, this);
  }

  append(text: string, encoded: Encoded): string {
    if (typeof encoded === 'string') return text + encoded;
    if ('_tag' in encoded && encoded._tag !== 'Message') return text + encodeFrame(encoded);
    this.#sequence++;
    if ('frame' in encoded) {
      return this.wire.hasIds ? text + this.#idPrefix + this.#sequence + encoded.lineAndFrame : text + encoded.frame;
    }
    const id = this.wire.hasIds ? cursorOf(this.epoch, this.#sequence) : encoded.id;
    return text + encodeMessage(id, encoded.event, encoded.data, encoded.retry);
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

  get #idPrefix(): string {
    this.#prefix ??= `id: ${cursorPrefix(this.epoch)}`;
    return this.#prefix;
  }
}
