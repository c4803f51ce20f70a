import { Entry } from './Entry.ts';

/** Notified of how many bytes of the log an operator has queued, by the ends of their pages. */
export interface Pacing {
  hold(bytes: number): void;
  release(bytes: number): void;
}

/**
 * The position-only entry at the end of a page, which a feed emits behind the entries that it read at once.
 *
 * An operator that queues values calls `hold` when it queues the end of a page, and `release` when it emits or drops
 * it: the feed continues to read only while little is queued. One that holds events for other reasons, and bounds them itself,
 * passes a copy on, which does not move the position, to the operators behind it.
 */
export class PageEnd extends Entry<never> {
  readonly #pacing: Pacing;
  readonly #bytes: number;

  constructor(epoch: string, sequence: number, pacing: Pacing, bytes: number, isPartial = false) {
    super(epoch, sequence, undefined, undefined, isPartial);
    this.#pacing = pacing;
    this.#bytes = bytes;
  }

  hold(): void {
    this.#pacing.hold(this.#bytes);
  }

  release(): void {
    this.#pacing.release(this.#bytes);
  }

  /** Returns the same end at another position. */
  at(epoch: string, sequence: number): PageEnd {
    return new PageEnd(epoch, sequence, this.#pacing, this.#bytes, this.isPartial);
  }

  /** Returns a copy that leaves its reader at the position before it. */
  asPartial(): PageEnd {
    return new PageEnd(this.epoch, this.sequence, this.#pacing, this.#bytes, true);
  }
}

/** Returns the end of a page that a value is, also one of another copy of this package. @internal */
export function pageEndOf(value: unknown): PageEnd | undefined {
  return typeof (value as Partial<PageEnd> | null | undefined)?.asPartial === 'function'
    ? (value as PageEnd)
    : undefined;
}
