import { PositionError } from '../error/PositionError.ts';
import { cursorOf, endCursorOf, freshEpoch } from '../event/cursor.ts';
import { type Entry, isEntry } from '../event/Entry.ts';
import { encodeEvent } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import { type Gap, isGap } from '../event/Gap.ts';
import type { EntryPositions } from '../feed/ReaderSession.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import type { Encoded, EventEncoder } from './EventEncoder.ts';
import type { SharedEncodings } from './SharedEncodings.ts';
import { type Wire, withoutId } from './Wire.ts';

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
  /** The cursors of the numbers of entries, where they are not positions of one feed. */
  #positions: EntryPositions | undefined;
  /** The feed has emitted entries into the pipeline. */
  #hasEntered = false;
  sent = 0;
  readonly wire: Wire;
  readonly #contract: Contract | undefined;
  readonly #shared: SharedEncodings;
  readonly #onGap: (gap: Gap['data']) => void;

  /** @param onGap notified of each gap that the reader is sent */
  constructor(contract: Contract | undefined, wire: Wire, shared: SharedEncodings, onGap: (gap: Gap['data']) => void) {
    this.wire = wire;
    this.#contract = contract;
    this.#shared = shared;
    this.#onGap = onGap;
  }

  get cursor(): string | undefined {
    if (this.#epoch === '') return undefined;
    return this.#positions?.cursor ?? cursorOf(this.#epoch, this.#reached);
  }

  /** Sets the start position of the reader. Before that no entry has a position. */
  setStartPosition(epoch: string, sequence: number, positions?: EntryPositions): void {
    this.#positions = positions;
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
        'mapEvents; events of another source can precede the entries only, by startWith, concat or the option snapshot of ' +
        'read; to merge one, make it the source of a feed of its own, and use mergeFeeds',
    );
  }

  /** Appends the frame itself: an entry has its position from the log. */
  append(text: string, encoded: Encoded): string {
    return typeof encoded === 'string' ? text + encoded : text;
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
    return this.wire.position(this.#positions?.cursor ?? cursorOf(this.#epoch, this.#sentUpTo));
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
    this.#positions?.reach(sequence);
    const text = event === undefined ? '' : this.#textOf(entry, frame);
    this.#epoch = epoch;
    this.#reached = sequence;
    if (event === undefined) return text;
    this.#sentUpTo = sequence;
    if (isGap(event)) this.#onGap(event.data);
    else this.sent++;
    return text;
  }

  #textOf({ epoch, sequence, cursor: ownCursor, event }: Entry<unknown>, frame: string | undefined): string {
    const positions = this.#positions;
    if (positions === undefined && frame !== undefined) return this.wire.frame(frame);
    const cursor = positions?.cursor ?? ownCursor;
    if (isGap(event)) return this.wire.gap(event.data, cursor);
    const body = frame === undefined ? this.#encoded(epoch, sequence, event) : withoutId(frame);
    return this.wire.hasIds ? `id: ${cursor}\n${body}` : body;
  }

  /** Returns the frame of an event without its id; numbers of a merge are not those of another reader. */
  #encoded(epoch: string, sequence: number, event: unknown): string {
    return frameOf(
      this.#positions === undefined
        ? this.#shared.encodeAt(epoch, sequence, event, this.#contract)
        : this.#shared.encode(event, this.#contract, this),
    );
  }

  /** Returns the frame of an event that leaves the reader at its position: without an id. */
  #partialFrame(event: unknown): string {
    if (event === undefined) return '';
    if (isGap(event)) {
      this.#onGap(event.data);
      return this.wire.gap(event.data, null);
    }
    this.sent++;
    return frameOf(this.#shared.encode(event, this.#contract, this));
  }
}

/** Returns the frame of an event inside an entry. @throws PositionError for a frame that the program made. */
function frameOf(encoded: Encoded): string {
  if (typeof encoded === 'object' && 'frame' in encoded) return encoded.frame;
  throw new PositionError('the pipeline over feed.read emitted a frame inside an entry');
}
