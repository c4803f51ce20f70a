import { cursorOf, endCursorOf } from '../event/Cursor.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { checkSize } from '../log/checkSize.ts';
import { draftOf } from '../log/draftOf.ts';
import { freshEpoch } from '../log/freshEpoch.ts';
import { encodeFrame, encodeJsonMessage, encodeMessage } from '../wire/encodeFrame.ts';
import { end } from '../wire/reserved.ts';
import type { Blocks, Prepared } from './Blocks.ts';

/**
 * Gives the events of one connection their positions, for a stream that no log
 * remembers: after the merge, under an epoch of their own, dense from 1.
 */
export class Numbering implements Blocks {
  #epoch: string | undefined;
  readonly #contract: Contract | undefined;
  readonly #maxEventBytes: number;
  #sequence = 0;

  constructor(contract: Contract | undefined, maxEventBytes: number) {
    this.#contract = contract;
    this.#maxEventBytes = maxEventBytes;
  }

  get events(): number {
    return this.#sequence;
  }

  /** Made when it is first needed: a reader that never gets an event costs no random bytes. */
  get epoch(): string {
    this.#epoch ??= freshEpoch();
    return this.#epoch;
  }

  prepare(value: unknown): Prepared {
    const draft = draftOf(value, this.#contract);
    if ('data' in draft) checkSize(draft, this.#maxEventBytes);
    return draft;
  }

  place(prepared: Prepared): string {
    if (typeof prepared === 'string') return prepared;
    if ('_tag' in prepared && (prepared._tag !== 'Message' || prepared.id !== undefined)) return encodeFrame(prepared);
    this.#sequence++;
    const cursor = cursorOf(this.epoch, this.#sequence);
    return '_tag' in prepared
      ? encodeMessage(cursor, prepared.event, prepared.data, prepared.retry)
      : encodeJsonMessage(cursor, prepared.event, prepared.data);
  }

  missed(): Gap['data'] {
    return { reason: 'overflow', requested: null, resumedFrom: cursorOf(this.epoch, this.#sequence) };
  }

  end(): string {
    return encodeFrame(end(endCursorOf(this.epoch, this.#sequence)));
  }

  /** Every event has told its own. */
  position(): string {
    return '';
  }
}
