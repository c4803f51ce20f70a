import { ClosedError } from '../error/ClosedError.ts';
import type { EventLog, LogState, Page } from '../log/EventLog.ts';
import type { EntryRange } from '../log/Segments.ts';
import type { Window, WindowObserver } from './window.ts';

/** For a log that keeps its bytes in this process: all of it is at hand, and nothing is kept twice. */
export function directWindow(log: EventLog, observer: WindowObserver): Window {
  let known: LogState | undefined = readNow(log, 0, 0);
  const following = log.wakes.subscribe({
    next: () => {
      // Looked at when somebody asks: a burst of publications is one look.
      known = undefined;
      observer.grown();
    },
    complete: () => observer.failed(new ClosedError('the log', 'closed')),
  });

  const stateNow = (): LogState => {
    known ??= readNow(log, 0, 0);
    return known;
  };

  return {
    get state() {
      return stateNow();
    },
    get tail() {
      return stateNow().tail;
    },
    page: (after: number, maxBytes: number): EntryRange => readNow(log, after, maxBytes),
    close: () => following.unsubscribe(),
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
  if (page === undefined) throw new TypeError('a log that is in memory must be read synchronously');
  return page;
}
