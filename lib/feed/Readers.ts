import { cursorOf } from '../event/Cursor.ts';
import type { GapReason } from '../event/Gap.ts';
import type { EventLog, LogState, Page } from '../log/EventLog.ts';
import type { Stretch } from '../log/Segments.ts';
import { copiedWindow } from './copiedWindow.ts';
import { directWindow } from './directWindow.ts';
import { Line } from './Line.ts';
import type { Reader, Server } from './Reader.ts';
import { unserved } from './resume.ts';
import { sweep } from './sweep.ts';
import type { Window, WindowObserver } from './Window.ts';

/** Bytes given to a reader in one write, at most, unless one entry is larger. */
const pageSize = 64 * 1024;

/** What the readers at one place are given, for as long as the window is what it was. */
interface Shared {
  readonly stretch: Stretch;
  readonly from: number;
  readonly tail: number;
  readonly epoch: string;
}

/**
 * The readers of one feed in this process. Those at the tail stand idle, in one
 * line that falls behind as a whole; those behind are in the sweep; those whose
 * socket is busy, or for whom the log is being read, are in no line.
 */
export class Readers implements Server, WindowObserver {
  readonly #log: EventLog;
  readonly #idle = new Line<Reader>();
  readonly #all = new Set<Reader>();
  /** Readers that wait for the same part of the log, by the sequence it begins after. */
  readonly #fetches = new Map<number, Reader[]>();
  readonly #opening: ((window: Window) => void)[] = [];
  #window: Window | undefined;
  #shared: Shared | undefined;

  constructor(log: EventLog) {
    this.#log = log;
  }

  get all(): readonly Reader[] {
    return [...this.#all];
  }

  get count(): number {
    return this.#all.size;
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

  serve(reader: Reader): void {
    const window = this.#window;
    if (!reader.isReady || window === undefined) return;
    if (reader.epoch !== window.state.epoch && !this.#follow(reader, window.state)) return;
    const stretch = this.#page(window, reader.after);
    if (stretch === undefined) this.#fetch(reader);
    else this.#give(reader, stretch, window.state, window.tail);
  }

  grown(): void {
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
  #page(window: Window, after: number): Stretch | undefined {
    const shared = this.#shared;
    const { epoch } = window.state;
    if (shared?.from === after && shared.tail === window.tail && shared.epoch === epoch) return shared.stretch;
    const stretch = window.page(after, pageSize);
    if (stretch !== undefined) this.#shared = { stretch, from: after, tail: window.tail, epoch };
    return stretch;
  }

  #give(reader: Reader, stretch: Stretch, state: LogState, tail: number): void {
    if (stretch.after > reader.after) {
      this.#miss(reader, 'trimmed', state, stretch.after);
      // Word of the gap may have filled its socket; what follows waits until that has drained.
      if (reader.server !== this || !reader.isReady) return;
    }
    if (stretch.last > reader.after) {
      reader.after = stretch.last;
      reader.take(stretch);
    }
    // What it was given may have made it leave, or its socket busy.
    if (reader.server !== this || !reader.isReady) return;
    if (reader.after < tail) sweep().add(reader);
    else if (state.ended !== false && reader.after >= state.tail) reader.finish(state.ended);
    else this.#idle.push(reader);
  }

  /** The log changed its epoch under the reader. Tells whether it can go on as it is. */
  #follow(reader: Reader, state: LogState): boolean {
    const reason = unserved({ epoch: reader.epoch, sequence: reader.after }, state);
    if (reason === undefined) reader.epoch = state.epoch;
    else this.#miss(reader, reason, state, state.floor);
    return reader.server === this && reader.isReady;
  }

  #miss(reader: Reader, reason: GapReason, state: LogState, after: number): void {
    const requested = cursorOf(reader.epoch, reader.after);
    reader.epoch = state.epoch;
    reader.after = after;
    const resumedFrom = cursorOf(state.epoch, after);
    reader.miss({ type: 'rxsse.gap', data: { reason, requested, resumedFrom } });
  }

  #fetch(reader: Reader): void {
    const { after } = reader;
    const waiting = this.#fetches.get(after);
    if (waiting !== undefined) {
      waiting.push(reader);
      return;
    }
    this.#fetches.set(after, [reader]);
    this.#log.read(after, pageSize).subscribe({
      next: (page) => this.#fetched(after, page),
      error: (error) => {
        for (const failed of this.#takeFetched(after)) failed.fail(error);
      },
    });
  }

  #fetched(after: number, page: Page): void {
    for (const reader of this.#takeFetched(after)) {
      if (reader.server !== this || reader.after !== after || !reader.isReady) continue;
      if (reader.epoch !== page.epoch) sweep().add(reader);
      else this.#give(reader, page, page, Math.max(page.tail, this.#window?.tail ?? 0));
    }
  }

  #takeFetched(after: number): readonly Reader[] {
    const readers = this.#fetches.get(after) ?? [];
    this.#fetches.delete(after);
    return readers;
  }
}
