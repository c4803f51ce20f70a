import { map, type Observable, Subject, Subscription } from 'rxjs';
import { type EventLog, memoryLog, type Page } from '../../lib/index.ts';
import type { PastEpoch } from '../../lib/log/EventLog.ts';

/** A log whose storage can be lost, or get another epoch, while a feed has it open. */
export interface RebornLog extends EventLog {
  /** The storage behind it now. What is done with it is done at once, as if by another process. */
  readonly storage: EventLog;
  /** All is lost: it goes on empty, in an epoch of its own. `'silently'`: nobody is woken for it. */
  lose(how?: 'silently'): void;
  /** Nothing is lost: what follows is of another epoch. Gives the old one. */
  rename(epoch: string): string;
}

/** A log that is not in memory, to the feed, and is, to the spec. */
export function reborn(): RebornLog {
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
