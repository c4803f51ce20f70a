import { map, type Observable, Subject, Subscription } from 'rxjs';
import { type EventLog, memoryLog, type Page } from '../../lib/index.ts';
import type { PastEpoch } from '../../lib/log/EventLog.ts';

/** A log whose storage can be lost, or get another epoch, while a feed reads it. */
export interface ReplaceableLog extends EventLog {
  /** The current storage. It is changed synchronously, as if by another process. */
  readonly storage: EventLog;
  /** Replaces the storage by an empty one in a new epoch; with `'silently'` without a wake-up. */
  lose(how?: 'silently'): void;
  /** Makes the later entries belong to another epoch without losing any, and returns the old epoch. */
  rename(epoch: string): string;
}

/** Returns a log that is not in memory for the feed, and is in memory for the spec. */
export function replaceableLog(): ReplaceableLog {
  const wakes = new Subject<void>();
  let following = new Subscription();
  let storage = memoryLog();
  let renamed: { readonly epoch: string; readonly past: readonly PastEpoch[] } | undefined;
  follow();

  return {
    wakes,
    get storage() {
      return storage;
    },
    append: (drafts, options) => storage.append(drafts, options),
    read: (after, maxBytes) => storage.read(after, maxBytes).pipe(map((page) => ({ ...page, ...renamed }))),
    end: (how) => storage.end(how),
    close: () => storage.close(),
    lose: (how) => {
      storage = memoryLog();
      renamed = undefined;
      follow();
      if (how === undefined) wakes.next();
    },
    rename: (epoch) => {
      const before = pageOf(storage.read(0, 0));
      renamed = { epoch, past: [{ epoch: before.epoch, last: before.tail }] };
      wakes.next();
      return before.epoch;
    },
  };

  function follow(): void {
    following.unsubscribe();
    following = storage.wakes.subscribe({ next: () => wakes.next(), complete: () => wakes.complete() });
  }
}

function pageOf(read: Observable<Page>): Page {
  let found: Page | undefined;
  read.subscribe((page) => {
    found = page;
  });
  if (found === undefined) throw new TypeError('expected a log in memory');
  return found;
}
