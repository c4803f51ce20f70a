import { cursorOf, endCursorOf, freshEpoch } from '../event/Cursor.ts';
import { checkSize, encodeEvent } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { encodeFrame, encodeJsonMessage, encodeMessage } from '../wire/encodeFrame.ts';
import { end } from '../wire/reserved.ts';
import type { Encoded, EventEncoder } from './EventEncoder.ts';

/**
 * Gives the events of one connection their positions, for a stream that no log
 * remembers: after the merge, under an epoch of their own, dense from 1.
 */
export class SequenceEncoder implements EventEncoder {
  #epoch: string | undefined;
  readonly #contract: Contract | undefined;
  readonly #maxEventBytes: number;
  #sequence = 0;

  constructor(contract: Contract | undefined, maxEventBytes: number) {
    this.#contract = contract;
    this.#maxEventBytes = maxEventBytes;
  }

  get sent(): number {
    return this.#sequence;
  }

  /** Made when it is first needed: a reader that never gets an event costs no random bytes. */
  get epoch(): string {
    this.#epoch ??= freshEpoch();
    return this.#epoch;
  }

  encode(value: unknown): Encoded {
    const draft = encodeEvent(value, this.#contract);
    if ('data' in draft) checkSize(draft, this.#maxEventBytes);
    return draft;
  }

  withId(prepared: Encoded): string {
    if (typeof prepared === 'string') return prepared;
    if ('_tag' in prepared && (prepared._tag !== 'Message' || prepared.id !== undefined)) return encodeFrame(prepared);
    this.#sequence++;
    const cursor = cursorOf(this.epoch, this.#sequence);
    return '_tag' in prepared
      ? encodeMessage(cursor, prepared.event, prepared.data, prepared.retry)
      : encodeJsonMessage(cursor, prepared.event, prepared.data);
  }

  overflowGap(): Gap['data'] {
    return { reason: 'overflow', requested: null, resumedFrom: cursorOf(this.epoch, this.#sequence) };
  }

  endFrame(): string {
    return encodeFrame(end(endCursorOf(this.epoch, this.#sequence)));
  }

  /** Every event has told its own. */
  positionFrame(): string {
    return '';
  }
}
