import { cursorOf } from './Cursor.ts';

/**
 * An event together with its place in a log, as `feed.read` gives it to a
 * pipeline. Without an event it is a bare place: the reader has come so far.
 * The operators of this library run inside it and keep the place.
 *
 * @example Keep a cursor beside what was made of the events
 * const orders = feed(events({ OrderPaid: { total: t.number } }));
 * let last: string | undefined;
 * orders.after('oldest').subscribe((entry) => {
 *   last = entry.cursor;
 * });
 *
 * @category event
 */
export class Entry<E> {
  readonly epoch: string;
  readonly sequence: number;
  /** Absent where all up to here was filtered out, or where a page ended. */
  readonly event: E | undefined;
  /** How the log has it on the wire, for as long as nobody changed it. */
  readonly frame: string | undefined;

  constructor(epoch: string, sequence: number, event: E | undefined, block: string | undefined) {
    this.epoch = epoch;
    this.sequence = sequence;
    this.event = event;
    this.frame = block;
  }

  /** The position that a reader has once it has this. */
  get cursor(): string {
    return cursorOf(this.epoch, this.sequence);
  }

  /** The place without its event. */
  withoutEvent(): Entry<never> {
    return new Entry<never>(this.epoch, this.sequence, undefined, undefined);
  }

  /** Another event at this place. */
  withEvent<F>(event: F): Entry<F> {
    return new Entry(this.epoch, this.sequence, event, undefined);
  }
}
