import type { Gap } from '../event/Gap.ts';
import type { Encoded, EventEncoder } from './EventEncoder.ts';
import { gapBlock } from './gapBlock.ts';
import type { Overflow } from './overflow.ts';

/** What waits for one full socket, at most. */
export interface BacklogLimits {
  readonly maxBytes: number;
  readonly maxEvents: number;
}

interface Waiting {
  value: unknown;
  prepared: Encoded;
  size: number;
}

interface Taken {
  readonly text: string;
  /** How many were dropped, and what the reader is told of them. */
  readonly lost: number;
  readonly gap: Gap['data'] | undefined;
}

/** What a block takes beside its data: the id, the name, the line ends. */
const frame = 64;

/**
 * What a stream that no log remembers brings while the socket is full, with a
 * bound and a policy. Positions are given when it is taken, so that what was
 * dropped or brought together leaves no hole in them.
 */
export class Backlog {
  readonly #limits: BacklogLimits;
  readonly #overflow: Overflow<unknown>;
  readonly #byKey = new Map<unknown, Waiting>();
  #waiting: Waiting[] = [];
  /** Those before it are dropped. */
  #first = 0;
  #bytes = 0;
  #lost = 0;

  constructor(overflow: Overflow<unknown>, limits: BacklogLimits) {
    this.#overflow = overflow;
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Tells whether there was room, or the policy made some. */
  push(value: unknown, blocks: EventEncoder): boolean {
    if (typeof this.#overflow === 'object') this.#conflate(this.#overflow, value, blocks);
    else this.#add(value, blocks.encode(value));
    while (this.#bytes > this.#limits.maxBytes || this.#count > this.#limits.maxEvents) {
      if (this.#overflow !== 'drop-oldest' || this.#count === 1) return false;
      this.#drop();
    }
    return true;
  }

  /** All that waits, in order, and word of what was dropped before it. */
  take(blocks: EventEncoder): Taken {
    const lost = this.#lost;
    const gap = lost > 0 ? blocks.overflowGap() : undefined;
    let text = gap === undefined ? '' : gapBlock(gap);
    for (let index = this.#first; index < this.#waiting.length; index++) {
      const waiting = this.#waiting[index];
      if (waiting !== undefined) text += blocks.withId(waiting.prepared);
    }
    this.clear();
    return { text, lost, gap };
  }

  clear(): void {
    this.#waiting = [];
    this.#byKey.clear();
    this.#first = 0;
    this.#bytes = 0;
    this.#lost = 0;
  }

  get #count(): number {
    return this.#waiting.length - this.#first;
  }

  #conflate(conflation: Exclude<Overflow<unknown>, string>, value: unknown, blocks: EventEncoder): void {
    const key = conflation.conflateBy(value);
    const waiting = this.#byKey.get(key);
    if (waiting === undefined) {
      this.#byKey.set(key, this.#add(value, blocks.encode(value)));
      return;
    }
    const merged = conflation.merge === undefined ? value : conflation.merge(waiting.value, value);
    const prepared = blocks.encode(merged);
    const size = sizeOf(prepared);
    this.#bytes += size - waiting.size;
    Object.assign(waiting, { value: merged, prepared, size });
  }

  #add(value: unknown, prepared: Encoded): Waiting {
    const waiting = { value, prepared, size: sizeOf(prepared) };
    this.#waiting.push(waiting);
    this.#bytes += waiting.size;
    return waiting;
  }

  #drop(): void {
    this.#bytes -= this.#waiting[this.#first]?.size ?? 0;
    this.#first++;
    this.#lost++;
    // What was dropped is let go of now and then, not at each step.
    if (this.#first < 1024 || this.#first * 2 < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#first);
    this.#first = 0;
  }
}

function sizeOf(prepared: Encoded): number {
  if (typeof prepared === 'string') return prepared.length;
  return frame + ('data' in prepared ? prepared.data.length : 0);
}
