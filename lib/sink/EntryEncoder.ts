import { PositionError } from '../error/PositionError.ts';
import { cursorOf, endCursorOf, freshEpoch } from '../event/Cursor.ts';
import { Entry } from '../event/Entry.ts';
import { checkSize, encodeEvent } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import { type Gap, isGap } from '../event/Gap.ts';
import { encodeFrame, encodeMessage } from '../wire/encodeFrame.ts';
import { end, gap, position } from '../wire/reserved.ts';
import type { Encodings } from './Encodings.ts';
import type { Encoded, EventEncoder } from './EventEncoder.ts';

/** What the pipelines of one route have in common. */
export interface PlacingRoute {
  readonly limits: { readonly maxEventBytes: number };
  readonly encodings: Encodings;
}

/**
 * Sends what comes out of a pipeline over a feed under the positions that it
 * has in the feed, and keeps account of how far the reader has come when
 * nothing of a stretch is sent.
 */
export class EntryEncoder implements EventEncoder {
  #epoch = '';
  /** Those of the feed, in order; an entry of any other is of another feed. */
  readonly #epochs: string[] = [];
  /** The last position that the reader was told. */
  #told = 0;
  /** How far it has come; ahead of `told` where the rest was filtered out. */
  #reached = 0;
  #failed = false;
  /** Events that were given a place so far. */
  sent = 0;
  readonly #contract: Contract | undefined;
  readonly #maxEventBytes: number;
  readonly #encodings: Encodings;
  readonly #missed: (gap: Gap['data']) => void;

  /** @param missed hears what the reader is told that it missed. */
  constructor(contract: Contract | undefined, { limits, encodings }: PlacingRoute, missed: (gap: Gap['data']) => void) {
    this.#contract = contract;
    this.#maxEventBytes = limits.maxEventBytes;
    this.#encodings = encodings;
    this.#missed = missed;
  }

  /** The reader stands here; before that nothing has a position. */
  begin(epoch: string, sequence: number): void {
    this.#epoch = epoch;
    this.#told = sequence;
    this.#reached = sequence;
    this.follow(epoch);
  }

  /** The feed goes on in this epoch. */
  follow(epoch: string): void {
    if (this.#epochs.at(-1) !== epoch) this.#epochs.push(epoch);
  }

  encode(value: unknown): string {
    if (value instanceof Entry) return this.#entry(value);
    const draft = encodeEvent(value, undefined);
    if ('_tag' in draft && draft._tag !== 'Message') return encodeFrame(draft);
    throw new PositionError(
      'the pipeline over feed.read gave an event without a position: map inside the entries, with mapEvents',
    );
  }

  /** What is read from a log has its position from there. */
  withId(prepared: Encoded): string {
    return typeof prepared === 'string' ? prepared : '';
  }

  /** Nothing of a pipeline is ever dropped. */
  overflowGap(): undefined {
    return undefined;
  }

  endFrame(): string {
    const epoch = this.#epoch || freshEpoch();
    return encodeFrame(end(endCursorOf(epoch, this.#reached), this.#failed));
  }

  /** Where the reader has come without being told, if it has. */
  positionFrame(): string {
    if (this.#reached === this.#told) return '';
    this.#told = this.#reached;
    return encodeFrame(position(cursorOf(this.#epoch, this.#told)));
  }

  fail(): void {
    this.#failed = true;
  }

  #entry(entry: Entry<unknown>): string {
    const { epoch, sequence, event, frame } = entry;
    if (this.#epochs.indexOf(epoch) < this.#epochs.indexOf(this.#epoch) || this.#epoch === '') {
      throw new PositionError('the pipeline over feed.read gave an entry of another feed: a route reads one feed');
    }
    const least = event === undefined ? this.#reached : this.#reached + 1;
    if (epoch === this.#epoch && sequence < least) {
      throw new PositionError('the pipeline over feed.read gave positions that do not rise: keep the order of entries');
    }
    const text = event === undefined ? '' : (frame ?? this.#textOf(entry));
    this.#epoch = epoch;
    this.#reached = sequence;
    if (event === undefined) return text;
    this.#told = sequence;
    if (isGap(event)) this.#missed(event.data);
    else this.sent++;
    return text;
  }

  #textOf(entry: Entry<unknown>): string {
    return this.#encodings.textOf(entry.epoch, entry.sequence, entry.event, () => this.#encoded(entry));
  }

  #encoded({ cursor, event }: Entry<unknown>): string {
    if (isGap(event)) return encodeFrame(gap(cursor, JSON.stringify(event.data)));
    const draft = encodeEvent(event, this.#contract);
    if ('_tag' in draft) throw new PositionError('the pipeline over feed.read gave a frame inside an entry');
    checkSize(draft, this.#maxEventBytes);
    return encodeMessage(cursor, draft.event, draft.data, draft.retry);
  }
}
