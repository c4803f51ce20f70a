import { PositionError } from '../error/PositionError.ts';
import { cursorOf, endCursorOf } from '../event/Cursor.ts';
import { Entry } from '../event/Entry.ts';
import type { Contract } from '../event/events.ts';
import { isGap } from '../event/Gap.ts';
import { draftOf } from '../log/draftOf.ts';
import { encodeFrame, encodeMessage } from '../wire/encodeFrame.ts';
import { end, gap, position } from '../wire/reserved.ts';
import type { Blocks, Prepared } from './Blocks.ts';

/**
 * Sends what comes out of a pipeline over a feed under the positions that it
 * has in the feed, and keeps account of how far the reader has come when
 * nothing of a stretch is sent.
 */
export class Placing implements Blocks {
  #epoch: string;
  /** The last position that the reader was told. */
  #told: number;
  /** How far it has come; ahead of `told` where the rest was filtered out. */
  #reached: number;
  #failed = false;
  readonly #contract: Contract | undefined;

  constructor(contract: Contract | undefined, epoch: string, sequence: number) {
    this.#contract = contract;
    this.#epoch = epoch;
    this.#told = sequence;
    this.#reached = sequence;
  }

  prepare(value: unknown): string {
    if (value instanceof Entry) return this.#entry(value);
    const draft = draftOf(value, undefined);
    if ('_tag' in draft && draft._tag !== 'Message') return encodeFrame(draft);
    throw new PositionError(
      'the pipeline over feed.read gave an event without a position: map inside the entries, with mapEvent',
    );
  }

  /** What is read from a log has its position from there. */
  place(prepared: Prepared): string {
    return typeof prepared === 'string' ? prepared : '';
  }

  /** A pipeline is paced by its socket, and what it holds back itself is not dropped here. */
  missed(): string {
    return '';
  }

  end(): string {
    return encodeFrame(end(endCursorOf(this.#epoch, this.#reached), this.#failed));
  }

  /** Where the reader has come without being told, if it has. */
  position(): string {
    if (this.#reached === this.#told) return '';
    this.#told = this.#reached;
    return encodeFrame(position(cursorOf(this.#epoch, this.#told)));
  }

  fail(): void {
    this.#failed = true;
  }

  #entry(entry: Entry<unknown>): string {
    const { epoch, sequence, event, block } = entry;
    const least = event === undefined ? this.#reached : this.#reached + 1;
    if (epoch === this.#epoch && sequence < least) {
      throw new PositionError('the pipeline over feed.read gave positions that do not rise: keep the order of entries');
    }
    const text = event === undefined ? '' : (block ?? this.#encoded(entry));
    this.#epoch = epoch;
    this.#reached = sequence;
    if (event !== undefined) this.#told = sequence;
    return text;
  }

  #encoded({ cursor, event }: Entry<unknown>): string {
    if (isGap(event)) return encodeFrame(gap(cursor, JSON.stringify(event.data)));
    const draft = draftOf(event, this.#contract);
    if ('_tag' in draft) throw new PositionError('the pipeline over feed.read gave a frame inside an entry');
    return encodeMessage(cursor, draft.event, draft.data, draft.retry);
  }
}
