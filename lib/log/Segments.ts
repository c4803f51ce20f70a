import { concatBytes } from '../data/concatBytes.ts';
import type { EntryRange } from './EventLog.ts';
import { Segment } from './Segment.ts';

/** What is kept, at least; more goes in whole segments. */
export interface Retention {
  readonly entries: number;
  readonly bytes: number;
  /** In ms. */
  readonly age: number;
}

const smallest = 1024;

/** What a page has, too: so a page that a stalled reader holds keeps no more than itself from being collected. */
const largest = 64 * 1024;

/** Segments that make up what is kept, at least. */
const parts = 8;

const LF = 10;
const encoder = new TextEncoder();
const nothing = new Uint8Array(0);

/**
 * Framed entries in memory: appended at one end, let go at the other, found by
 * their sequence. An append writes its bytes once; a read within a segment
 * copies none; letting go of a segment is dropping it.
 */
export class Segments {
  readonly #retention: Retention;
  /** Oldest first; the sequences follow each other without a hole. */
  readonly #segments: Segment[] = [];
  #floor: number;
  #tail: number;
  #bytes = 0;

  /** @param before the sequence before the first entry that will be added. */
  constructor(retention: Retention, before = 0) {
    this.#retention = retention;
    this.#floor = before;
    this.#tail = before;
  }

  /** The sequence before the oldest entry that is kept. */
  get floor(): number {
    return this.#floor;
  }

  get tail(): number {
    return this.#tail;
  }

  /** Of all entries that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds an entry as it goes over the wire, as text or as bytes. */
  add(block: string | Uint8Array, now: number): void {
    let segment = this.#segments.at(-1);
    let written = segment === undefined || this.#isWhole(segment, now) ? 0 : segment.add(block);
    if (segment === undefined || written === 0) {
      segment = this.#next(block, segment, now);
      written = segment.add(block);
    }
    segment.newest = now;
    this.#bytes += written;
    this.#tail++;
  }

  /** Adds entries that were framed before, laid end to end. */
  addFramed(bytes: Uint8Array, now: number): void {
    for (let from = 0; from < bytes.length; ) {
      const to = endOfBlock(bytes, from);
      this.add(bytes.subarray(from, to), now);
      from = to;
    }
  }

  /** Lets go of what no bound asks to keep. The newest segment always stays. */
  trim(now: number): void {
    const { entries, bytes, age } = this.#retention;
    while (this.#segments.length > 1) {
      const [oldest] = this.#segments;
      if (oldest === undefined) return;
      const isOver = this.#tail - oldest.last >= entries || this.#bytes - oldest.length >= bytes;
      if (!isOver && now - oldest.newest <= age) return;
      this.#segments.shift();
      this.#bytes -= oldest.length;
      this.#floor = oldest.last;
    }
  }

  /** Lets go of everything; what is added next follows this sequence. */
  reset(before: number): void {
    this.#segments.length = 0;
    this.#bytes = 0;
    this.#floor = before;
    this.#tail = before;
  }

  /** The entries after a sequence: at least one if there is one, and no more than fit. */
  read(after: number, maxBytes: number): EntryRange {
    const start = Math.max(after, this.#floor);
    if (start >= this.#tail) return { after: start, last: start, bytes: nothing };
    const views: Uint8Array[] = [];
    let last = start;
    let room = maxBytes;
    for (let index = this.#indexAfter(start); index < this.#segments.length; index++) {
      const segment = this.#segments[index];
      // Segments are joined whole or not at all: pages of a long history then
      // begin where segments do, and are views that nobody copies.
      if (segment === undefined || (views.length > 0 && segment.length > room)) break;
      const from = segment.startAfter(last);
      // The first entry goes whatever its size, or its reader would never get past it.
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

  /** Whether more in it would make it too large a part of what is kept. */
  #isWhole(segment: Segment, now: number): boolean {
    const { entries, age } = this.#retention;
    return segment.count >= entries / parts || now - segment.oldest > age / parts;
  }

  /** Small at first, since most feeds are, and made to fit where one entry is large. */
  #next(block: string | Uint8Array, previous: Segment | undefined, now: number): Segment {
    previous?.seal();
    const most = Math.min(largest, Math.max(smallest, Math.floor(this.#retention.bytes / parts)));
    const usual = Math.min(Math.max(smallest, (previous?.length ?? 0) * 2), most);
    const segment = new Segment(this.#tail, fits(block, usual) ? usual : lengthOf(block), now);
    this.#segments.push(segment);
    return segment;
  }
}

/** The place after the empty line. Blocks have one only at their end. */
function endOfBlock(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(LF, from);
  while (at !== -1 && bytes[at + 1] !== LF) at = bytes.indexOf(LF, at + 1);
  return at === -1 ? bytes.length : at + 2;
}

/** Whether that much room is enough; counts only where three bytes a unit, the most there are, would be too many. */
function fits(block: string | Uint8Array, room: number): boolean {
  return block.length * 3 <= room || lengthOf(block) <= room;
}

function lengthOf(block: string | Uint8Array): number {
  return typeof block === 'string' ? encoder.encode(block).length : block.length;
}
