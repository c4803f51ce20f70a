import { cursorOf } from './cursor.ts';

/** Marks entries; the symbol is the same in all copies of this package. */
const entryMark: unique symbol = Symbol.for('rxsse.entry') as never;

/**
 * An event with its position in a log, as `feed.read` emits it into a pipeline. Without an event it is a position-only
 * entry: the reader has come so far. The operators of this library work inside entries and preserve the positions.
 *
 * @example Store a cursor beside the result of each event
 * const orders = feed(events({ OrderPaid: { total: t.number } }));
 * let last: string | undefined;
 * orders.entries({ from: 'oldest' }).subscribe((entry) => {
 *   last = entry.cursor;
 * });
 *
 * @category event
 */
export class Entry<E> {
  readonly epoch: string;
  readonly sequence: number;
  /** Absent in a position-only entry. */
  readonly event: E | undefined;
  /** The encoded frame from the log, while the event is unchanged. */
  readonly frame: string | undefined;
  /**
   * True for an event that leaves its reader at the position before it: a later entry, of what was emitted together,
   * moves the position past all of them.
   */
  readonly isPartial: boolean;

  constructor(epoch: string, sequence: number, event: E | undefined, frame: string | undefined, isPartial = false) {
    this.epoch = epoch;
    this.sequence = sequence;
    this.event = event;
    this.frame = frame;
    this.isPartial = isPartial;
  }

  get [entryMark](): true {
    return true;
  }

  /** The cursor of a reader that has received this entry. */
  get cursor(): string {
    return cursorOf(this.epoch, this.sequence);
  }

  /** Returns the position without its event; that of a partial entry still leaves the reader before it. */
  withoutEvent(): Entry<never> {
    return new Entry<never>(this.epoch, this.sequence, undefined, undefined, this.isPartial);
  }

  /** Returns another event at the same position. */
  withEvent<F>(event: F): Entry<F> {
    return new Entry(this.epoch, this.sequence, event, undefined, this.isPartial);
  }
}

/** The type of this key alone exists: it distinguishes entries that are read outside a route. */
declare const outsideRoute: unique symbol;

/**
 * An entry that `feed.entries` emits, outside a route. A route cannot send it: what it sends is read with `feed.read`.
 *
 * @category event
 */
export type OutsideEntry<E> = Entry<E> & { readonly [outsideRoute]: true };

/** Returns true for an entry. @internal */
export function isEntry(value: unknown): value is Entry<unknown> {
  return typeof value === 'object' && value !== null && (value as { readonly [entryMark]?: true })[entryMark] === true;
}
