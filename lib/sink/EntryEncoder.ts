import { BoundedCache } from '../data/BoundedCache.ts';
import { PositionError } from '../error/PositionError.ts';
import { cursorOf, endCursorOf, freshEpoch } from '../event/cursor.ts';
import { type Entry, isEntry } from '../event/Entry.ts';
import { checkSize, encodeEvent } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import { type Gap, isGap } from '../event/Gap.ts';
import { encodeFrame, encodeMessage } from '../wire/encodeFrame.ts';
import type { Encoded, EventEncoder } from './EventEncoder.ts';
import type { Wire } from './Wire.ts';

/**
 * Sends what comes out of a pipeline over a feed under the positions that the entries have in the feed, and remembers
 * how far the reader has come when the pipeline filters entries out.
 */
export class EntryEncoder implements EventEncoder {
  #epoch = '';
  /** The epochs of the feed, in order. An entry of another epoch is of another feed. */
  readonly #epochs: string[] = [];
  /** The last position that was sent. */
  #sentUpTo = 0;
  /** The last position that was reached; ahead of `#sentUpTo` when the rest was filtered out. */
  #reached = 0;
  #failed = false;
  /** The feed has emitted entries into the pipeline. */
  #hasEntered = false;
  sent = 0;
  readonly wire: Wire;
  readonly #contract: Contract | undefined;
  readonly #maxEventBytes: number;
  readonly #cache: EncodingCache;
  readonly #onGap: (gap: Gap['data']) => void;

  /** @param onGap notified of each gap that the reader is sent */
  constructor(
    contract: Contract | undefined,
    maxEventBytes: number,
    wire: Wire,
    cache: EncodingCache,
    onGap: (gap: Gap['data']) => void,
  ) {
    this.wire = wire;
    this.#contract = contract;
    this.#maxEventBytes = maxEventBytes;
    this.#cache = cache;
    this.#onGap = onGap;
  }

  /** Sets the start position of the reader. Before that no entry has a position. */
  setStartPosition(epoch: string, sequence: number): void {
    this.#epoch = epoch;
    this.#sentUpTo = sequence;
    this.#reached = sequence;
    this.addEpoch(epoch);
  }

  /** The feed continues in this epoch. */
  addEpoch(epoch: string): void {
    if (this.#epochs.at(-1) !== epoch) this.#epochs.push(epoch);
  }

  /** The feed is about to emit entries of this epoch into the pipeline. */
  startEntries(epoch: string): void {
    this.#hasEntered = true;
    this.addEpoch(epoch);
  }

  encode(value: unknown): string {
    if (isEntry(value)) return this.#entry(value);
    const encoded = encodeEvent(value, this.#hasEntered ? undefined : this.#contract, this.wire.rules);
    if (encoded === undefined) return '';
    if ('_tag' in encoded && encoded._tag !== 'Message') return encodeFrame(encoded);
    // What precedes the entries, such as the state of `startWith`, is sent again when the reader reconnects.
    if (!this.#hasEntered) return this.#partialFrame(value);
    throw new PositionError(
      'the pipeline over feed.read emitted an event without a position after entries: map inside the entries, with ' +
        'mapEvents; events of another source can precede the entries only, by startWith, concat or a snapshot as from',
    );
  }

  /** Returns the frame itself: an entry has its position from the log. */
  withId(encoded: Encoded): string {
    return typeof encoded === 'string' ? encoded : '';
  }

  /** Returns nothing: what a pipeline emits is never dropped. */
  overflowGap(): undefined {
    return undefined;
  }

  endFrame(): string | undefined {
    const epoch = this.#epoch || freshEpoch();
    return this.wire.end(endCursorOf(epoch, this.#reached), this.#failed);
  }

  positionFrame(): string {
    if (this.#reached === this.#sentUpTo) return '';
    this.#sentUpTo = this.#reached;
    return this.wire.position(cursorOf(this.#epoch, this.#sentUpTo));
  }

  /** The feed failed, which its end frame says. */
  fail(): void {
    this.#failed = true;
  }

  #entry(entry: Entry<unknown>): string {
    const { epoch, sequence, event, frame, isPartial } = entry;
    if (this.#epochs.indexOf(epoch) < this.#epochs.indexOf(this.#epoch) || this.#epoch === '') {
      throw new PositionError(
        'the stream emitted an entry that feed.read of this route did not emit: use read(context) of one feed, ' +
          'in place of entries() or of a second feed',
      );
    }
    if (isPartial) return this.#partialFrame(event);
    const lowest = event === undefined ? this.#reached : this.#reached + 1;
    if (epoch === this.#epoch && sequence < lowest) {
      throw new PositionError(
        'the pipeline over feed.read emitted positions that do not rise: keep the order of entries',
      );
    }
    const text = event === undefined ? '' : frame === undefined ? this.#frameOf(entry) : this.wire.frame(frame);
    this.#epoch = epoch;
    this.#reached = sequence;
    if (event === undefined) return text;
    this.#sentUpTo = sequence;
    if (isGap(event)) this.#onGap(event.data);
    else this.sent++;
    return text;
  }

  #frameOf(entry: Entry<unknown>): string {
    return this.#cache.frameOf(entry.epoch, entry.sequence, entry.event, () => this.#encodeEntry(entry));
  }

  /** Returns the frame of an event that leaves the reader at its position: without an id. */
  #partialFrame(event: unknown): string {
    if (event === undefined) return '';
    this.sent++;
    return this.#messageOf(event, undefined);
  }

  #encodeEntry({ cursor, event }: Entry<unknown>): string {
    if (isGap(event)) return this.wire.gap(event.data, cursor);
    return this.#messageOf(event, cursor);
  }

  #messageOf(event: unknown, cursor: string | undefined): string {
    const encoded = encodeEvent(event, this.#contract, this.wire.rules);
    if (encoded === undefined || '_tag' in encoded)
      throw new PositionError('the pipeline over feed.read emitted a frame inside an entry');
    checkSize(encoded, this.#maxEventBytes);
    return encodeMessage(this.wire.hasIds ? cursor : undefined, encoded.event, encoded.data, encoded.retry);
  }
}

interface Encoding {
  readonly epoch: string;
  readonly event: unknown;
  readonly frame: string;
}

/**
 * The frames of events that pipelines over a feed made from others. A mapping that returns the same object to many
 * readers is encoded once. Readers that keep up are no further apart than the cache is large.
 */
export class EncodingCache {
  readonly #bySequence = new BoundedCache<number, Encoding>({ maxEntries: 1024, maxSize: 1024 * 1024 });

  /** Returns the frame of this very event at that position, and encodes it if it is not known. */
  frameOf(epoch: string, sequence: number, event: unknown, encode: () => string): string {
    const known = this.#bySequence.get(sequence);
    if (known !== undefined && known.event === event && known.epoch === epoch) return known.frame;
    const frame = encode();
    this.#bySequence.set(sequence, { epoch, event, frame }, frame.length);
    return frame;
  }
}
