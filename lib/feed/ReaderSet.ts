import { LinkedList } from '../data/LinkedList.ts';
import { cursorOf } from '../event/cursor.ts';
import type { GapReason } from '../event/Gap.ts';
import type { EntryRange, EventLog, LogState } from '../log/EventLog.ts';
import { PageLoader } from './PageLoader.ts';
import type { LoadedPage, Reader } from './Reader.ts';
import { gapReason, sequenceAfterGap } from './startPosition.ts';
import { sweep } from './sweep.ts';
import { copiedWindow, directWindow, type Window, type WindowObserver } from './window.ts';

/** How many bytes are written to a reader at once at most, unless one entry is larger. */
const pageBytes = 64 * 1024;

/** The entries shared by readers at the same position; valid until the window changes. */
interface SharedRange {
  readonly range: EntryRange;
  readonly from: number;
  readonly tail: number;
  readonly epoch: string;
}

/**
 * The readers of one feed in this process.
 *
 * Readers at the tail are in one list, all of which moves to the sweep when an entry is appended. Readers
 * whose target is busy, or that wait for a page of the log, are in no list.
 */
export class ReaderSet implements WindowObserver {
  readonly onError: (error: unknown) => void;
  readonly #log: EventLog;
  readonly #idle = new LinkedList<Reader>();
  readonly #all = new Set<Reader>();
  readonly #loader: PageLoader;
  readonly #onOpen: ((window: Window) => void)[] = [];
  #window: Window | undefined;
  #shared: SharedRange | undefined;
  /** Increased each time the window has grown. */
  #version = 0;

  /** @param onError notified of each read of the log that fails */
  constructor(log: EventLog, maxConcurrentReads: number, onError: (error: unknown) => void) {
    this.#log = log;
    this.onError = onError;
    this.#loader = new PageLoader(log, pageBytes, maxConcurrentReads, onError);
  }

  get all(): readonly Reader[] {
    return [...this.#all];
  }

  get size(): number {
    return this.#all.size;
  }

  /** Returns how many entries the reader is behind; 0 in another epoch, whose sequences cannot be compared. */
  lagOf({ epoch, afterSequence }: Reader): number {
    const state = this.#window?.state;
    return state?.epoch === epoch ? Math.max(state.tail - afterSequence, 0) : 0;
  }

  /** Adds a reader and calls back with the state of the log: synchronously, where the log is in memory. */
  add(reader: Reader, onState: (state: LogState) => void): void {
    this.#all.add(reader);
    reader.readerSet = this;
    const onWindow = (window: Window): void => {
      if (reader.readerSet === this) onState(window.state);
    };
    if (this.#window !== undefined) return onWindow(this.#window);
    this.#onOpen.push(onWindow);
    if (this.#onOpen.length === 1) this.#openWindow();
  }

  /** Calls back with the state of the log itself, which may be newer than the state of the window. */
  readState(reader: Reader, read: (state: LogState) => void): void {
    this.#loader.readState({
      next: (state) => {
        if (reader.readerSet !== this) return;
        try {
          read(state);
        } catch (error) {
          // Thrown on, it would end the process.
          reader.target.fail(error);
        }
      },
      error: (error) => {
        if (reader.readerSet === this) reader.target.fail(error);
      },
    });
  }

  remove(reader: Reader): void {
    if (!this.#all.delete(reader)) return;
    reader.readerSet = undefined;
    reader.loaded = undefined;
    reader.unlink();
    if (this.#all.size > 0) return;
    this.#onOpen.length = 0;
    this.#closeWindow();
  }

  /** Puts a reader whose target is ready again into the queue of the sweep, which calls `writePage`. */
  enqueue(reader: Reader): void {
    if (reader.readerSet === this) sweep().add(reader);
  }

  /** Starts to write to a reader whose position is known. A reader at the tail rests in the list of idle readers. */
  startWriting(reader: Reader): void {
    const state = this.#window?.state;
    const isAtTail = state?.epoch === reader.epoch && state.ended === false && reader.afterSequence >= state.tail;
    if (isAtTail && reader.readerSet === this && reader.target.checkReady()) this.#idle.push(reader);
    else this.enqueue(reader);
  }

  /** Writes to a reader what follows its position, one page of it. */
  writePage(reader: Reader): void {
    const window = this.#window;
    const { loaded } = reader;
    reader.loaded = undefined;
    if (!reader.target.checkReady() || window === undefined) return;
    if (loaded !== undefined) return this.#writeLoaded(reader, loaded);
    const { state } = window;
    // Where the epochs differ, either one may be the older: the log itself has to be read.
    const range = reader.epoch === state.epoch ? this.#range(window, state, reader.afterSequence) : undefined;
    if (range === undefined) return this.#loader.load(reader, this.#version);
    if (this.#writeRange(reader, range, state)) this.#enqueueOrRest(reader, window.tail, state);
  }

  grown(): void {
    this.#version++;
    sweep().addAll(this.#idle);
  }

  failed(error: unknown): void {
    // The next reader opens another one: this window does not grow any more.
    this.#closeWindow();
    for (const reader of [...this.#all]) reader.target.fail(error);
  }

  #openWindow(): void {
    const fail = (error: unknown): void => {
      this.#onOpen.length = 0;
      this.failed(error);
    };
    const open = (state: LogState): void => {
      if (this.#onOpen.length === 0) return;
      try {
        this.#window = this.#log.inMemory ? directWindow(this.#log, this) : copiedWindow(this.#log, state, this);
      } catch (error) {
        return fail(error);
      }
      for (const onWindow of this.#onOpen.splice(0)) onWindow(this.#window);
    };
    this.#loader.readState({ next: open, error: fail });
  }

  #closeWindow(): void {
    this.#loader.cancel();
    this.#window?.close();
    this.#window = undefined;
    this.#shared = undefined;
  }

  /** Returns the entries after a sequence, the same object for all readers at the same position. */
  #range(window: Window, { epoch }: LogState, after: number): EntryRange | undefined {
    const shared = this.#shared;
    const { tail } = window;
    if (shared?.from === after && shared.tail === tail && shared.epoch === epoch) return shared.range;
    const range = window.page(after, pageBytes);
    if (range !== undefined) this.#shared = { range, from: after, tail, epoch };
    return range;
  }

  #writeLoaded(reader: Reader, { page, version }: LoadedPage): void {
    const isInEpoch = page.epoch === reader.epoch || this.#enterEpoch(reader, page);
    const isReady = isInEpoch ? this.#writeRange(reader, page, page) : reader.target.checkReady();
    if (!isReady) return;
    // The window may have grown since, and have more than the page knows of.
    if (version === this.#version) this.#enqueueOrRest(reader, page.tail, page);
    else this.enqueue(reader);
  }

  /** Returns whether the reader's target is ready for more. */
  #writeRange(reader: Reader, range: EntryRange, state: LogState): boolean {
    if (range.after > reader.afterSequence) {
      this.#writeGap(reader, 'trimmed', state, range.after);
      // The gap may have filled the socket, or the reader continues elsewhere by the policy of its route.
      if (reader.readerSet !== this || !reader.target.checkReady()) return false;
      if (reader.afterSequence !== range.after) return true;
    }
    if (range.last <= reader.afterSequence) return true;
    reader.afterSequence = range.last;
    return reader.target.write(range);
  }

  /** Moves a reader into the log's new epoch. Returns true if its position is still valid there. */
  #enterEpoch(reader: Reader, state: LogState): boolean {
    const reason = gapReason({ epoch: reader.epoch, sequence: reader.afterSequence }, state);
    if (reason === undefined) reader.epoch = state.epoch;
    else this.#writeGap(reader, reason, state, state.floor);
    return reason === undefined;
  }

  #writeGap(reader: Reader, reason: GapReason, state: LogState, floor: number): void {
    const requested = cursorOf(reader.epoch, reader.afterSequence);
    reader.epoch = state.epoch;
    reader.afterSequence = sequenceAfterGap(reason, reader.gapPolicy, floor, state.tail);
    const resumedFrom = cursorOf(state.epoch, reader.afterSequence);
    reader.target.writeGap({ type: 'rxsse.gap', data: { reason, requested, resumedFrom } });
    if (reader.gapPolicy === 'end') reader.target.end('completed');
  }

  /** Enqueues a reader that is behind. One at the tail rests in the list of idle readers, or ends with the log. */
  #enqueueOrRest(reader: Reader, tail: number, state: LogState): void {
    // Writing to it may have removed it.
    if (reader.readerSet !== this) return;
    if (reader.afterSequence < tail) sweep().add(reader);
    else if (state.ended !== false && reader.afterSequence >= state.tail) reader.target.end(state.ended);
    else this.#idle.push(reader);
  }
}
