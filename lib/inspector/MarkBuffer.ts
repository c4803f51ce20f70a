import type { LaneMarksData, MarkData } from './Inspection.ts';

/** The most events of one lane that are sent for one tick. */
const maxEvents = 24;

/** The most other marks: gaps, closes. */
const maxOthers = 16;

/** Collects what happens on a lane until the next tick: exact counts, and a bounded number of marks, at even distances. */
export class MarkBuffer {
  #events: MarkData[] = [];
  #others: MarkData[] = [];
  #count = 0;
  #bytes = 0;
  /** Each how many events one is retained. */
  #stride = 1;
  #seen = 0;
  #isSampled = false;

  /** Adds an event, whose mark is only made where it is retained. */
  addEvent(make: () => MarkData): void {
    if (this.#seen++ % this.#stride !== 0) return;
    if (this.#events.length === maxEvents) {
      this.#isSampled = true;
      this.#stride *= 2;
      this.#events = this.#events.filter((_, index) => index % 2 === 0);
      if ((this.#seen - 1) % this.#stride !== 0) return;
    }
    this.#events.push(make());
  }

  addOther(mark: MarkData): void {
    if (this.#others.length < maxOthers) this.#others.push(mark);
    else this.#isSampled = true;
  }

  /** Adds events and their bytes to the exact counts. */
  count(events: number, bytes: number): void {
    this.#count += events;
    this.#bytes += bytes;
  }

  /** Some events were not looked at. */
  skip(): void {
    this.#isSampled = true;
  }

  /** Moves what there is to another buffer; each mark gets the key of its feed. */
  moveTo(other: MarkBuffer, key: string): void {
    const { marks, count, bytes, isSampled } = this.take('') ?? { marks: [], count: 0, bytes: 0, isSampled: false };
    other.count(count, bytes);
    if (isSampled) other.skip();
    for (const mark of marks) {
      if (mark.kind === 'event') other.addEvent(() => ({ ...mark, key }));
      else other.addOther({ ...mark, key });
    }
  }

  /** Returns what there is and starts again; `undefined` if there is nothing. */
  take(lane: string): LaneMarksData | undefined {
    const marks = [...this.#events, ...this.#others];
    const taken = { lane, count: this.#count, bytes: this.#bytes, isSampled: this.#isSampled, marks };
    const isEmpty = marks.length === 0 && this.#count === 0 && this.#bytes === 0;
    this.#events = [];
    this.#others = [];
    this.#count = 0;
    this.#bytes = 0;
    this.#stride = 1;
    this.#seen = 0;
    this.#isSampled = false;
    return isEmpty ? undefined : taken;
  }
}
