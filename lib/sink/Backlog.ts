import { checkSynchronous } from '../data/callUser.ts';
import { Queue } from '../data/Queue.ts';
import type { Gap } from '../event/Gap.ts';
import { type Encoded, type EventEncoder, storedText } from './EventEncoder.ts';

/** Keeps one waiting event for each key. @category sink */
export interface OverflowConflation<E> {
  /** Returns the key of an event; of the events with equal keys (compared as a `Map` compares), one waits. */
  readonly conflateBy: (event: E) => unknown;
  /** Combines the waiting event of a key with a new one. @default the new event replaces the waiting one */
  readonly merge?: (waiting: E, event: E) => E;
}

/**
 * Decides what happens when a reader is slower than a stream without a log.
 *
 * - `'disconnect'` closes the connection; the reader reconnects.
 * - `'drop-oldest'` drops the event that has waited longest; the reader gets a gap event.
 * - `{ conflateBy, merge }` keeps one event for each key, for prices, positions or progress, of which a slow reader
 *   wants the newest. That is neither a loss nor a gap; more keys than the queue holds disconnect.
 *
 * @category sink
 */
export type Overflow<E> = 'disconnect' | 'drop-oldest' | OverflowConflation<E>;

/** The bounds of what waits for a reader that is slower than a stream without a log. Each is at least 1. */
export interface QueueOptions {
  /**
   * Bytes of memory: the encoded data and 128 for each event, twice that with `merge`, and 32 for each key with `conflateBy`.
   *
   * @default 16777216, 16 MiB
   */
  readonly maxBytes?: number;
  /** The number of events. 1 or more; `Infinity` is no bound. @default Infinity: `maxBytes` alone is the bound */
  readonly maxEvents?: number;
}

interface Waiting {
  encoded: Encoded;
  size: number;
  /** The key, where the policy conflates. */
  readonly key: unknown;
  /** The value, where the policy merges it with the next one of its key. */
  value: unknown;
}

interface Taken {
  readonly frames: string;
  /** How many events were dropped. */
  readonly dropped: number;
  /** The gap that the reader gets for them. */
  readonly gap: Gap['data'] | undefined;
}

/** The bytes that an event occupies beside its data: the objects and the strings' headers. */
const overhead = 128;

/** The bytes that a key occupies in the map by which its event is found. */
const keyOverhead = 32;

/** A text with such a character occupies two bytes for each of its characters, any other text one. */
const beyondLatin1 = /[\u0100-\uffff]/;

/**
 * The values of a stream without a log that wait while the socket is full, with bounds and a policy. They get their
 * positions when they are taken, so that dropped and merged events leave no hole in the sequence.
 */
export class Backlog {
  readonly #limits: Required<QueueOptions>;
  readonly #overflow: Overflow<unknown>;
  readonly #byKey = new Map<unknown, Waiting>();
  readonly #waiting = new Queue<Waiting>();
  #bytes = 0;
  #dropped = 0;

  constructor(overflow: Overflow<unknown>, limits: Required<QueueOptions>) {
    this.#overflow = overflow;
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Adds a value. Returns the bound that is exceeded, if the policy made no room. */
  push(value: unknown, encoder: EventEncoder): keyof QueueOptions | undefined {
    if (typeof this.#overflow === 'object') this.#conflate(this.#overflow, value, encoder);
    else this.#add(undefined, undefined, encoder.encode(value));
    return this.#makeRoom();
  }

  /** Adds values that are encoded already, where the policy does not conflate. Returns as `push` does. */
  addAll(values: readonly Encoded[]): keyof QueueOptions | undefined {
    for (const encoded of values) this.#add(undefined, undefined, encoded);
    return this.#makeRoom();
  }

  /**
   * Removes the values that waited longest, until their frames have that many characters, and returns their frames, in
   * order, after the gap of what was dropped.
   */
  take(encoder: EventEncoder, maxLength: number): Taken {
    const dropped = this.#dropped;
    const gap = dropped > 0 ? encoder.overflowGap() : undefined;
    this.#dropped = 0;
    let frames = gap === undefined ? '' : encoder.wire.gap(gap);
    while (frames.length < maxLength) {
      const waiting = this.#remove();
      if (waiting === undefined) break;
      frames = encoder.append(frames, waiting.encoded);
    }
    return { frames, dropped, gap };
  }

  clear(): void {
    this.#waiting.clear();
    this.#byKey.clear();
    this.#bytes = 0;
    this.#dropped = 0;
  }

  #makeRoom(): keyof QueueOptions | undefined {
    for (let exceeded = this.#exceeded; exceeded !== undefined; exceeded = this.#exceeded) {
      if (this.#overflow !== 'drop-oldest' || this.#waiting.length === 1) return exceeded;
      this.#remove();
      this.#dropped++;
    }
    return undefined;
  }

  get #exceeded(): keyof QueueOptions | undefined {
    if (this.#bytes > this.#limits.maxBytes) return 'maxBytes';
    return this.#waiting.length > this.#limits.maxEvents ? 'maxEvents' : undefined;
  }

  #conflate(conflation: Exclude<Overflow<unknown>, string>, value: unknown, encoder: EventEncoder): void {
    const key = checkSynchronous('sse: overflow.conflateBy', conflation.conflateBy(value));
    const waiting = this.#byKey.get(key);
    if (waiting === undefined) {
      this.#byKey.set(key, this.#add(key, value, encoder.encode(value)));
      return;
    }
    const merged = checkSynchronous(
      'sse: overflow.merge',
      conflation.merge === undefined ? value : conflation.merge(waiting.value, value),
    );
    this.#bytes -= waiting.size;
    Object.assign(waiting, this.#waitingOf(key, merged, encoder.encode(merged)));
    this.#bytes += waiting.size;
  }

  #add(key: unknown, value: unknown, encoded: Encoded): Waiting {
    const waiting = this.#waitingOf(key, value, encoded);
    this.#waiting.push(waiting);
    this.#bytes += waiting.size;
    return waiting;
  }

  #waitingOf(key: unknown, value: unknown, encoded: Encoded): Waiting {
    const size = memoryOf(encoded);
    if (typeof this.#overflow !== 'object') return { encoded, size, key, value: undefined };
    if (this.#overflow.merge === undefined) return { encoded, size: size + keyOverhead, key, value: undefined };
    // The value itself is about as large as its text.
    return { encoded, size: 2 * size + keyOverhead, key, value };
  }

  #remove(): Waiting | undefined {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return undefined;
    this.#bytes -= waiting.size;
    this.#byKey.delete(waiting.key);
    return waiting;
  }
}

/** Returns how many bytes of memory an encoded event occupies while it waits. */
function memoryOf(encoded: Encoded): number {
  const text = storedText(encoded);
  return overhead + (beyondLatin1.test(text) ? 2 * text.length : text.length);
}
