import { concatBytes } from '../data/concatBytes.ts';
import type { EntryRange } from './EventLog.ts';
import { Segment } from './Segment.ts';

/** The entries that are retained at least; older ones are removed in whole segments. */
export interface Retention {
  readonly entries: number;
  readonly bytes: number;
  /** In milliseconds. */
  readonly age: number;
}

const minSegmentBytes = 1024;

/** Equal to the page size, so that a view held by a stalled reader retains at most one page of memory. */
const largest = 64 * 1024;

/** The number of segments that the retained entries are divided into, at least. */
const parts = 8;

const LF = 10;
const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);

/**
 * Encoded entries in memory: appended at one end, removed at the other, found by their sequence. An append writes its
 * bytes once; a read within a segment copies none; removing a segment is dropping it.
 */
export class Segments {
  readonly #retention: Retention;
  /** Oldest first; the sequences are consecutive. */
  readonly #segments: Segment[] = [];
  #floor: number;
  #tail: number;
  #bytes = 0;

  /** @param before the sequence before the first entry that will be added */
  constructor(retention: Retention, before = 0) {
    this.#retention = retention;
    this.#floor = before;
    this.#tail = before;
  }

  /** The sequence before the oldest retained entry. */
  get floor(): number {
    return this.#floor;
  }

  get tail(): number {
    return this.#tail;
  }

  /** The bytes of all retained entries. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds an entry as it is sent, as text or as bytes. */
  add(frame: string | Uint8Array, now: number): void {
    let segment = this.#segments.at(-1);
    let written = segment === undefined || this.#isWhole(segment, now) ? 0 : segment.add(frame);
    if (segment === undefined || written === 0) {
      segment = this.#next(frame, segment, now);
      written = segment.add(frame);
    }
    segment.newest = now;
    this.#bytes += written;
    this.#tail++;
  }

  /** Adds entries that are encoded already, one after the other. */
  addFramed(bytes: Uint8Array, now: number): void {
    for (let from = 0; from < bytes.length; ) {
      const to = endOfFrame(bytes, from);
      this.add(bytes.subarray(from, to), now);
      from = to;
    }
  }

  /** Removes what no bound retains. The newest segment stays, whatever its size, unless it is too old. */
  trim(now: number): void {
    const { entries, bytes, age } = this.#retention;
    for (let [oldest] = this.#segments; oldest !== undefined; [oldest] = this.#segments) {
      const isOver = this.#tail - oldest.last >= entries || this.#bytes - oldest.length >= bytes;
      if (!isOver && now - oldest.newest <= age) return;
      this.#segments.shift();
      this.#bytes -= oldest.length;
      this.#floor = oldest.last;
    }
  }

  /** Removes everything; the next entry follows this sequence. */
  reset(before: number): void {
    this.#segments.length = 0;
    this.#bytes = 0;
    this.#floor = before;
    this.#tail = before;
  }

  /** Returns the entries after a sequence: at least one if there is one, and no more than fit. */
  read(after: number, maxBytes: number): EntryRange {
    const start = Math.max(after, this.#floor);
    if (start >= this.#tail) return { after: start, last: start, bytes: noBytes };
    const views: Uint8Array[] = [];
    let last = start;
    let room = maxBytes;
    for (let index = this.#indexAfter(start); index < this.#segments.length; index++) {
      const segment = this.#segments[index];
      // Segments are joined whole or not at all: the pages of a long history then start where segments do, and are
      // views without a copy.
      if (segment === undefined || (views.length > 0 && segment.length > room)) break;
      const from = segment.startAfter(last);
      // The first entry is included whatever its size, or its reader would never get past it.
      const until = segment.lastWithin(from + room, last + 1);
      const end = segment.startAfter(until);
      views.push(segment.view(from, end));
      room -= end - from;
      last = until;
      if (until < segment.last) break;
    }
    return { after: start, last, bytes: concatBytes(views) };
  }

  #indexAfter(sequence: number): number {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#segments[middle]?.last ?? 0) > sequence) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Returns true if one more entry would make the segment too large a part of what is retained. */
  #isWhole(segment: Segment, now: number): boolean {
    const { entries, age } = this.#retention;
    return segment.count >= entries / parts || now - segment.oldest > age / parts;
  }

  /** Creates the next segment: small at first, since most feeds are, and large enough for one large entry. */
  #next(frame: string | Uint8Array, previous: Segment | undefined, now: number): Segment {
    previous?.seal();
    const maxSize = Math.min(largest, Math.max(minSegmentBytes, Math.floor(this.#retention.bytes / parts)));
    const size = Math.min(Math.max(minSegmentBytes, (previous?.length ?? 0) * 2), maxSize);
    const segment = new Segment(this.#tail, fits(frame, size) ? size : lengthOf(frame), now);
    this.#segments.push(segment);
    return segment;
  }
}

/** Returns the offset after the empty line. A frame has one only at its end. */
export function endOfFrame(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(LF, from);
  while (at !== -1 && bytes[at + 1] !== LF) at = bytes.indexOf(LF, at + 1);
  return at === -1 ? bytes.length : at + 2;
}

/**
 * Returns true if that much room is enough. It counts only where three bytes for each unit, the most there are, would
 * be too many.
 */
function fits(frame: string | Uint8Array, room: number): boolean {
  return frame.length * 3 <= room || lengthOf(frame) <= room;
}

function lengthOf(frame: string | Uint8Array): number {
  return typeof frame === 'string' ? encoder.encode(frame).length : frame.length;
}
