import type { Gap } from '../event/Gap.ts';
import type { Encoded, EventEncoder } from './EventEncoder.ts';
import type { Overflow } from './overflow.ts';
import type { QueueOptions } from './SseOptions.ts';

interface Waiting {
  value: unknown;
  encoded: Encoded;
  size: number;
}

interface Taken {
  readonly frames: string;
  /** How many events were dropped. */
  readonly dropped: number;
  /** The gap that the reader gets for them. */
  readonly gap: Gap['data'] | undefined;
}

/** The size of a frame without its data: the id, the event name, the line ends. */
const frameOverhead = 64;

/**
 * The values of a stream without a log that wait while the socket is full, with bounds and a policy. They get their
 * positions when they are taken, so that dropped and merged events leave no hole in the sequence.
 */
export class Backlog {
  readonly #limits: Required<QueueOptions>;
  readonly #overflow: Overflow<unknown>;
  readonly #byKey = new Map<unknown, Waiting>();
  #waiting: Waiting[] = [];
  /** The index of the first one that was not dropped. */
  #first = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(overflow: Overflow<unknown>, limits: Required<QueueOptions>) {
    this.#overflow = overflow;
    this.#limits = limits;
  }

  /** Adds a value. Returns the bound that is exceeded, if the policy made no room. */
  push(value: unknown, encoder: EventEncoder): keyof QueueOptions | undefined {
    if (typeof this.#overflow === 'object') this.#conflate(this.#overflow, value, encoder);
    else this.#add(value, encoder.encode(value));
    for (let exceeded = this.#exceeded; exceeded !== undefined; exceeded = this.#exceeded) {
      if (this.#overflow !== 'drop-oldest' || this.#count === 1) return exceeded;
      this.#dropOldest();
    }
    return undefined;
  }

  /** Removes everything that waits and returns its frames, in order, after the gap of what was dropped. */
  take(encoder: EventEncoder): Taken {
    const dropped = this.#dropped;
    const gap = dropped > 0 ? encoder.overflowGap() : undefined;
    let frames = gap === undefined ? '' : encoder.wire.gap(gap);
    for (let index = this.#first; index < this.#waiting.length; index++) {
      const waiting = this.#waiting[index];
      if (waiting !== undefined) frames += encoder.withId(waiting.encoded);
    }
    this.clear();
    return { frames, dropped, gap };
  }

  clear(): void {
    this.#waiting = [];
    this.#byKey.clear();
    this.#first = 0;
    this.#bytes = 0;
    this.#dropped = 0;
  }

  get #exceeded(): keyof QueueOptions | undefined {
    if (this.#bytes > this.#limits.maxBytes) return 'maxBytes';
    return this.#count > this.#limits.maxEvents ? 'maxEvents' : undefined;
  }

  get #count(): number {
    return this.#waiting.length - this.#first;
  }

  #conflate(conflation: Exclude<Overflow<unknown>, string>, value: unknown, encoder: EventEncoder): void {
    const key = conflation.conflateBy(value);
    const waiting = this.#byKey.get(key);
    if (waiting === undefined) {
      this.#byKey.set(key, this.#add(value, encoder.encode(value)));
      return;
    }
    const merged = conflation.merge === undefined ? value : conflation.merge(waiting.value, value);
    const encoded = encoder.encode(merged);
    const size = sizeOf(encoded);
    this.#bytes += size - waiting.size;
    Object.assign(waiting, { value: merged, encoded, size });
  }

  #add(value: unknown, encoded: Encoded): Waiting {
    const waiting = { value, encoded, size: sizeOf(encoded) };
    this.#waiting.push(waiting);
    this.#bytes += waiting.size;
    return waiting;
  }

  #dropOldest(): void {
    this.#bytes -= this.#waiting[this.#first]?.size ?? 0;
    this.#first++;
    this.#dropped++;
    // Dropped values are released now and then, not at each step.
    if (this.#first < 1024 || this.#first * 2 < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#first);
    this.#first = 0;
  }
}

function sizeOf(encoded: Encoded): number {
  if (typeof encoded === 'string') return encoded.length;
  return frameOverhead + ('data' in encoded ? encoded.data.length : 0);
}
