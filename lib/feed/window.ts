import { defer, merge, of, Subscription } from 'rxjs';
import { ClosedError } from '../error/ClosedError.ts';
import type { EntryRange, EventLog, LogState, Page } from '../log/EventLog.ts';
import { Segments } from '../log/Segments.ts';
import { clock } from '../time/clock.ts';
import { readLog, retryStorage } from './readLog.ts';

/** How many bytes of the tail the window of a log outside this process holds. */
const windowSize = 1024 * 1024;

/** How many bytes such a window reads at once. */
const copiedPageBytes = 256 * 1024;

/** Entries at the tail of a log that can be read synchronously, and the newest known state of the log. */
export interface Window {
  readonly state: LogState;
  /** The sequence of the window's last entry; the log's own tail may be ahead of it. */
  readonly tail: number;
  /** Returns the entries after a sequence; `undefined` when the window starts later. */
  page(after: number, maxBytes: number): EntryRange | undefined;
  close(): void;
}

/** Notified of what happens to a window. */
export interface WindowObserver {
  /** The window has grown, or the log has ended. */
  grown(): void;
  /** The log cannot be read any more, and the window does not grow any more. Never called while one is created. */
  failed(error: unknown): void;
  /** A read failed, and is repeated. */
  onError(error: unknown): void;
}

/** Returns a window onto a log that holds its bytes in this process: all of it, without a copy. */
export function directWindow(log: EventLog, observer: WindowObserver): Window {
  let state: LogState | undefined = readNow(log, 0, 0);
  const subscription = log.wakes.subscribe({
    next: () => {
      // Read again when it is next used, so that a burst of publications reads it once.
      state = undefined;
      observer.grown();
    },
    error: (error) => observer.failed(error),
    complete: () => observer.failed(new ClosedError('the log', 'closed')),
  });
  const current = (): LogState => {
    state ??= readNow(log, 0, 0);
    return state;
  };

  return {
    get state() {
      return current();
    },
    get tail() {
      return current().tail;
    },
    page: (after, maxBytes) => readNow(log, after, maxBytes),
    close: () => subscription.unsubscribe(),
  };
}

function readNow(log: EventLog, after: number, maxBytes: number): Page {
  if (log.readNow !== undefined) return log.readNow(after, maxBytes);
  let page: Page | undefined;
  let failure: { readonly error: unknown } | undefined;
  log.read(after, maxBytes).subscribe({
    next: (read) => {
      page = read;
    },
    error: (error) => {
      failure = { error };
    },
  });
  if (failure !== undefined) throw failure.error;
  if (page === undefined) throw new TypeError('log: inMemory is true, but read() did not emit synchronously');
  return page;
}

/**
 * Returns a window onto any other log: it copies what is appended, once for all readers of this process. It starts
 * empty at the tail; readers that are further behind read the log themselves until they reach it.
 */
export function copiedWindow(log: EventLog, first: LogState, observer: WindowObserver): Window {
  const segments = new Segments({ entries: Infinity, bytes: windowSize, age: Infinity }, first.tail);
  const subscription = new Subscription();
  let state = first;
  let isReading = false;
  let isWoken = false;

  const onError = (error: unknown): void => observer.onError(error);
  const failed = (error: unknown): void => observer.failed(error);
  const closed = (): void => failed(new ClosedError('the log', 'closed'));
  // Read after each subscription: no hint came for what was appended before it.
  const hints = defer(() => merge(log.wakes, of(undefined))).pipe(retryStorage(onError));
  subscription.add(hints.subscribe({ next: read, error: failed, complete: closed }));

  return {
    get state() {
      return state;
    },
    get tail() {
      return segments.tail;
    },
    page: (after, maxBytes) => (after < segments.floor ? undefined : segments.read(after, maxBytes)),
    close: () => subscription.unsubscribe(),
  };

  function read(): void {
    isWoken = true;
    if (isReading) return;
    isWoken = false;
    isReading = true;
    subscription.add(
      readLog(log, segments.tail, copiedPageBytes, onError).subscribe({
        next: add,
        error: failed,
        complete: readAgain,
      }),
    );
  }

  function add(page: Page): void {
    // A tail that went back, or entries that were trimmed before they were read, leave a hole that readers find in the
    // log itself. In another epoch the requested sequence may be beyond the tail.
    if (page.after !== segments.tail || page.epoch !== state.epoch) segments.reset(Math.min(page.after, page.tail));
    segments.addFramed(page.bytes, clock.now());
    segments.trim(clock.now());
    state = page;
    isWoken ||= page.last < page.tail;
    observer.grown();
  }

  function readAgain(): void {
    isReading = false;
    if (isWoken && !subscription.closed) read();
  }
}
