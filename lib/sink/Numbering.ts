import { cursorOf, endCursorOf } from '../event/Cursor.ts';
import type { Contract } from '../event/events.ts';
import { draftOf } from '../log/draftOf.ts';
import { freshEpoch } from '../log/freshEpoch.ts';
import { encodeFrame, encodeMessage } from '../wire/encodeFrame.ts';
import { end } from '../wire/reserved.ts';
import type { Blocks, Prepared } from './Blocks.ts';
import { gapBlock } from './Opening.ts';

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

  prepare(value: unknown): Prepared {
    return draftOf(value, this.#contract);
  }

  place(prepared: Prepared): string {
    if (typeof prepared === 'string') return prepared;
    if ('_tag' in prepared && (prepared._tag !== 'Message' || prepared.id !== undefined)) return encodeFrame(prepared);
    this.#sequence++;
    return encodeMessage(cursorOf(this.epoch, this.#sequence), prepared.event, prepared.data, prepared.retry);
  }

  missed(): string {
    const resumedFrom = cursorOf(this.epoch, this.#sequence);
    return gapBlock({ reason: 'overflow', requested: null, resumedFrom });
  }

  end(): string {
    return encodeFrame(end(endCursorOf(this.epoch, this.#sequence)));
  }

  /** Every event has told its own. */
  position(): string {
    return '';
  }
}
