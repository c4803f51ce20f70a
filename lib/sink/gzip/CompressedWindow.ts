import { Deflater } from '../../data/Deflater.ts';
import type { EntryRange } from '../../log/EventLog.ts';
import { endOfFrame } from '../../log/Segments.ts';
import { type Compressed, compressAlone, joinCompressed } from './Compressed.ts';
import { CompressedSpan } from './CompressedSpan.ts';

/** A reader of compressed entries, as the window has to know it. */
export interface Follower {
  /** The span of which the reader has everything up to its position; `undefined` where it has something else before it. */
  span: CompressedSpan | undefined;
  /** The span that counts the reader as one that cannot enter it. */
  strandedIn: CompressedSpan | undefined;
}

/** The last result, which all readers at the same position get. */
interface SharedResult {
  readonly entries: Uint8Array;
  readonly from: CompressedSpan | undefined;
  readonly to: CompressedSpan | undefined;
  readonly compressed: Compressed;
}

/** A span is at most this part of the window, so that the window loses little when it drops one. */
const spansOfWindow = 8;

/** Less history would compress little. */
const minHistory = 1024;
const maxHistory = 32 * 1024;

/**
 * The newest entries of a feed, each compressed once for all readers.
 *
 * They are compressed as the first reader gets them: what follows the newest span, as one group of it. A span starts at
 * a full-flush point: when the last one is full, or when more readers could enter a new one than would lose by it. A reader
 * that is in no span gets its entries compressed by themselves, up to the next start.
 */
export class CompressedWindow {
  readonly #maxBytes: number;
  /** Oldest first. There may be entries between two spans that no reader has received compressed. */
  readonly #spans: CompressedSpan[] = [];
  #deflater: Deflater | undefined;
  #epoch = '';
  #readers = 0;
  /** The bytes of all spans but the newest. */
  #sealedSize = 0;
  #shared: SharedResult | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The bytes of all spans, beside the history of the compressor. */
  get size(): number {
    return this.#sealedSize + (this.#spans.at(-1)?.size ?? 0);
  }

  /** Counts a reader, which `leave` has to be called for. */
  enter(): void {
    this.#readers++;
  }

  /** Releases everything when the last reader leaves. */
  leave(reader: Follower): void {
    uncount(reader);
    if (--this.#readers > 0) return;
    this.#clear();
    this.#deflater = undefined;
  }

  /** The reader got frames of its own. */
  strand(reader: Follower): void {
    this.#move(reader, undefined);
  }

  /**
   * Returns the entries of a range compressed for this reader, which follow what it has.
   *
   * @param entries the bytes of the range as the reader gets them; the same object for all readers at that position
   */
  take(reader: Follower, epoch: string, range: EntryRange, entries: Uint8Array): Compressed {
    const from = reader.span;
    let shared = this.#shared;
    if (shared?.entries !== entries || shared.from !== from) {
      if (epoch !== this.#epoch) this.#clear();
      this.#epoch = epoch;
      this.#extend(range, entries);
      shared = this.#compress(from, range, entries);
      this.#shared = shared;
    }
    this.#move(reader, shared.to);
    return shared.compressed;
  }

  /** Compresses what the range has beyond the newest span. */
  #extend({ after, last }: EntryRange, entries: Uint8Array): void {
    let span = this.#spans.at(-1);
    if (span !== undefined && last <= span.last) return;
    const start = Math.max(after, span?.last ?? after);
    const added = start === after ? entries : entries.subarray(this.#offsetOf(start, after, entries));
    this.#deflater ??= new Deflater(
      Math.min(Math.max(minHistory, Math.floor(this.#maxBytes / spansOfWindow)), maxHistory),
    );
    const fits = added.length <= this.#deflater.room;
    if (span === undefined || span.last !== start || !fits || span.stranded >= span.followers) {
      span?.seal();
      this.#sealedSize = this.size;
      span = new CompressedSpan(start);
      this.#spans.push(span);
      this.#deflater.reset();
    }
    span.add(this.#deflater, added, last);
    while (this.#spans.length > 1 && this.size > this.#maxBytes) {
      const oldest = this.#spans.shift();
      this.#sealedSize -= oldest?.size ?? 0;
      oldest?.drop();
    }
  }

  /** Puts the range together: of the span that the reader follows, of those that start on the way, and the rest by itself. */
  #compress(from: CompressedSpan | undefined, { after, last }: EntryRange, entries: Uint8Array): SharedResult {
    const found: Compressed[] = [];
    let span = from;
    let at = after;
    let offset = 0;
    while (at < last) {
      const starting = this.#spans.find(({ before }) => before >= at);
      if (starting?.before === at) span = starting;
      const start = span?.boundaryAt(at) ?? -1;
      const end = span?.boundaryUpTo(last) ?? -1;
      if (span !== undefined && start >= 0 && end > start) {
        const part = span.part(start, end);
        found.push(part);
        offset += part.length;
        at = span.sequenceOf(end);
        continue;
      }
      const until = Math.min(starting === undefined || starting.before === at ? last : starting.before, last);
      const rest = entries.subarray(offset, until === last ? entries.length : offsetAfter(entries, until - after));
      found.push(compressAlone(rest));
      offset += rest.length;
      at = until;
      span = undefined;
    }
    const [first = compressAlone(entries), ...others] = found;
    return { entries, from, to: span, compressed: joinCompressed([first, ...others]) };
  }

  /** Returns where the entries after a sequence start: by what the spans know, since counting takes longer. */
  #offsetOf(sequence: number, after: number, entries: Uint8Array): number {
    let length = 0;
    for (let index = this.#spans.length - 1; index >= 0; index--) {
      const span = this.#spans[index];
      if (span === undefined) break;
      const boundary = span.boundaryAt(after);
      if (boundary >= 0) return length + span.lengthAfter(boundary);
      length += span.length;
      if (this.#spans[index - 1]?.last !== span.before) break;
    }
    return offsetAfter(entries, sequence - after);
  }

  #move(reader: Follower, span: CompressedSpan | undefined): void {
    const newest = this.#spans.at(-1);
    if (span === undefined ? reader.strandedIn === newest && reader.span === undefined : reader.span === span) return;
    uncount(reader);
    if (span !== undefined) span.followers++;
    else if (newest !== undefined) newest.stranded++;
    reader.span = span;
    reader.strandedIn = span === undefined ? newest : undefined;
  }

  #clear(): void {
    for (const span of this.#spans.splice(0)) span.drop();
    this.#sealedSize = 0;
    this.#shared = undefined;
  }
}

function uncount(reader: Follower): void {
  if (reader.span !== undefined) reader.span.followers--;
  if (reader.strandedIn !== undefined) reader.strandedIn.stranded--;
  reader.span = undefined;
  reader.strandedIn = undefined;
}

/** Returns where the frames after the first ones start. */
function offsetAfter(frames: Uint8Array, count: number): number {
  let offset = 0;
  for (let left = count; left > 0; left--) offset = endOfFrame(frames, offset);
  return offset;
}
