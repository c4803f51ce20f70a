import { cursorOf, endCursorOf } from '../event/Cursor.ts';
import type { Contract } from '../event/events.ts';
import { draftOf } from '../log/draftOf.ts';
import { freshEpoch } from '../log/freshEpoch.ts';
import { encodeFrame, encodeMessage } from '../wire/encodeFrame.ts';
import { end } from '../wire/reserved.ts';
import type { Blocks } from './Blocks.ts';

/**
 * Gives the events of one connection their positions, for a stream that no log
 * remembers: after the merge, under an epoch of their own, dense from 1.
 */
export class Numbering implements Blocks {
  #epoch: string | undefined;
  readonly #contract: Contract | undefined;
  #sequence = 0;

  constructor(contract: Contract | undefined) {
    this.#contract = contract;
  }

  /** Made when it is first needed: a reader that never gets an event costs no random bytes. */
  get epoch(): string {
    this.#epoch ??= freshEpoch();
    return this.#epoch;
  }

  /** The block of a value. A value that cannot be sent throws, and uses up no number. */
  blockOf(value: unknown): string {
    const draft = draftOf(value, this.#contract);
    if ('_tag' in draft && (draft._tag !== 'Message' || draft.id !== undefined)) return encodeFrame(draft);
    this.#sequence++;
    return encodeMessage(cursorOf(this.epoch, this.#sequence), draft.event, draft.data, draft.retry);
  }

  /** The block that says that nothing follows. */
  end(): string {
    return encodeFrame(end(endCursorOf(this.epoch, this.#sequence)));
  }

  /** Every event has told its own. */
  position(): string {
    return '';
  }
}
