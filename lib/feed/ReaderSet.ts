import { LinkedList } from '../data/LinkedList.ts';
import { cursorOf } from '../event/Cursor.ts';
import type { GapReason } from '../event/Gap.ts';
import type { EventLog, LogState } from '../log/EventLog.ts';
import type { EntryRange } from '../log/Segments.ts';
import { copiedWindow } from './copiedWindow.ts';
import { directWindow } from './directWindow.ts';
import { PageLoader } from './PageLoader.ts';
import type { Fetched, Reader, Server } from './Reader.ts';
import { unserved } from './startPosition.ts';
import { sweep } from './sweep.ts';
import type { Window, WindowObserver } from './window.ts';

/** Bytes given to a reader in one write, at most, unless one entry is larger. */
const pageSize = 64 * 1024;

/** What the readers at one place are given, for as long as the window is what it was. */
interface Shared {
  readonly stretch: EntryRange;
  readonly from: number;
  readonly tail: number;
  readonly epoch: string;
}

/**
 * The readers of one feed in this process. Those at the tail stand idle, in one
 * line that falls behind as a whole; those behind are in the sweep; those whose
 * socket is busy, or for whom the log is being read, are in no line.
 */
export class ReaderSet implements Server, WindowObserver {
  readonly #log: EventLog;
  readonly #idle = new LinkedList<Reader>();
  readonly #all = new Set<Reader>();
  readonly #fetches: PageLoader;
  readonly #opening: ((window: Window) => void)[] = [];
  #window: Window | undefined;
  #shared: Shared | undefined;
  /** How many times the window has heard something. */
  #heard = 0;

  constructor(log: EventLog, replays: number) {
    this.#log = log;
    this.#fetches = new PageLoader(log, pageSize, replays);
  }

  get all(): readonly Reader[] {
    return [...this.#all];
  }

  get count(): number {
    return this.#all.size;
  }

  /** Entries that the reader is behind; 0 in another epoch, whose entries cannot be compared. */
  lagOf({ epoch, after }: Reader): number {
    const state = this.#window?.state;
    return state?.epoch === epoch ? Math.max(state.tail - after, 0) : 0;
  }

  /** Calls back with the state of the log when the reader can be placed: at once, where the log is in memory. */
  join(reader: Reader, place: (state: LogState) => void): void {
    this.#all.add(reader);
    reader.server = this;
    const placed = (window: Window): void => {
      if (reader.server === this) place(window.state);
    };
    if (this.#window !== undefined) return placed(this.#window);
    this.#opening.push(placed);
    if (this.#opening.length === 1) this.#open();
  }

  /** Calls back with what the log itself says now; the window may not have heard of it yet. */
  ask(reader: Reader, place: (state: LogState) => void): void {
    this.#log.read(0, 0).subscribe({
      next: (state) => {
        if (reader.server === this) place(state);
      },
      error: (error) => {
        if (reader.server === this) reader.fail(error);
      },
    });
  }

  leave(reader: Reader): void {
    if (!this.#all.delete(reader)) return;
    reader.server = undefined;
    reader.fetched = undefined;
    reader.leave();
    if (this.#all.size > 0) return;
    this.#opening.length = 0;
    this.#window?.close();
    this.#window = undefined;
    this.#shared = undefined;
  }

  /** The reader is placed, or its socket takes more again. */
  resume(reader: Reader): void {
    if (reader.server === this) sweep().add(reader);
  }

  /** The reader has its place, and can take what there is. One that lacks nothing waits with the others. */
  ready(reader: Reader): void {
    const state = this.#window?.state;
    const lacksNothing = state?.epoch === reader.epoch && state.ended === false && reader.after >= state.tail;
    if (lacksNothing && reader.server === this && reader.isReady) this.#idle.push(reader);
    else this.resume(reader);
  }

  serve(reader: Reader): void {
    const window = this.#window;
    const { fetched } = reader;
    reader.fetched = undefined;
    if (!reader.isReady || window === undefined) return;
    if (fetched !== undefined) return this.#giveFetched(reader, fetched);
    // Where they are of two epochs, either may be behind: the log itself says which.
    const stretch = reader.epoch === window.state.epoch ? this.#page(window, reader.after) : undefined;
    if (stretch === undefined) return this.#fetches.add(reader, this.#heard);
    if (this.#give(reader, stretch, window.state)) this.#queue(reader, window.tail, window.state);
  }

  grown(): void {
    this.#heard++;
    sweep().addAll(this.#idle);
  }

  failed(error: unknown): void {
    for (const reader of [...this.#all]) reader.fail(error);
  }

  #open(): void {
    const open = (state: LogState): void => {
      if (this.#opening.length === 0) return;
      this.#window = this.#log.inMemory ? directWindow(this.#log, this) : copiedWindow(this.#log, state, this);
      for (const placed of this.#opening.splice(0)) placed(this.#window);
    };
    this.#log.read(0, 0).subscribe({
      next: open,
      error: (error) => {
        this.#opening.length = 0;
        this.failed(error);
      },
    });
  }

  /** Readers at one place share one stretch. */
  #page(window: Window, after: number): EntryRange | undefined {
    const shared = this.#shared;
    const { epoch } = window.state;
    if (shared?.from === after && shared.tail === window.tail && shared.epoch === epoch) return shared.stretch;
    const stretch = window.page(after, pageSize);
    if (stretch !== undefined) this.#shared = { stretch, from: after, tail: window.tail, epoch };
    return stretch;
  }

  #giveFetched(reader: Reader, { page, heard }: Fetched): void {
    const isReady =
      page.epoch === reader.epoch || this.#follow(reader, page) ? this.#give(reader, page, page) : reader.isReady;
    if (!isReady) return;
    // What the window has heard since may be more than the page knows of.
    if (heard === this.#heard) this.#queue(reader, page.tail, page);
    else this.resume(reader);
  }

  /** Tells whether the reader is ready for more. */
  #give(reader: Reader, stretch: EntryRange, state: LogState): boolean {
    if (stretch.after > reader.after) {
      this.#miss(reader, 'trimmed', state, stretch.after);
      // Word of the gap may have filled its socket; what follows waits until that has drained.
      if (reader.server !== this || !reader.isReady) return false;
    }
    if (stretch.last <= reader.after) return true;
    reader.after = stretch.last;
    return reader.write(stretch);
  }

  /** The log changed its epoch under the reader. Tells whether that is nothing to it. */
  #follow(reader: Reader, state: LogState): boolean {
    const reason = unserved({ epoch: reader.epoch, sequence: reader.after }, state);
    if (reason === undefined) reader.epoch = state.epoch;
    else this.#miss(reader, reason, state, state.floor);
    return reason === undefined;
  }

  #miss(reader: Reader, reason: GapReason, state: LogState, after: number): void {
    const requested = cursorOf(reader.epoch, reader.after);
    reader.epoch = state.epoch;
    reader.after = after;
    const resumedFrom = cursorOf(state.epoch, after);
    reader.gap({ type: 'rxsse.gap', data: { reason, requested, resumedFrom } });
  }

  #queue(reader: Reader, tail: number, state: LogState): void {
    // What it was given may have made it leave.
    if (reader.server !== this) return;
    if (reader.after < tail) sweep().add(reader);
    else if (state.ended !== false && reader.after >= state.tail) reader.end(state.ended);
    else this.#idle.push(reader);
  }
}
