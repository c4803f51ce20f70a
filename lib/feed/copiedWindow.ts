import { Subscription } from 'rxjs';
import { ClosedError } from '../error/ClosedError.ts';
import type { EventLog, LogState, Page } from '../log/EventLog.ts';
import { type EntryRange, Segments } from '../log/Segments.ts';
import { clock } from '../time/clock.ts';
import type { Window, WindowObserver } from './window.ts';

/** Bytes of the tail that are at hand for readers that keep up. */
const size = 1024 * 1024;

/** Bytes asked of the log at once. */
const pageSize = 256 * 1024;

/**
 * For any other log: one follower copies what is appended, once for all readers
 * of this process. It begins empty, at the tail; readers that are further back
 * read the log themselves until they are here.
 */
export function copiedWindow(log: EventLog, first: LogState, observer: WindowObserver): Window {
  const segments = new Segments({ entries: Infinity, bytes: size, age: Infinity }, first.tail);
  const following = new Subscription();
  let state = first;
  let reading = false;
  let woken = false;

  const failed = (error: unknown): void => observer.failed(error);
  const closed = (): void => failed(new ClosedError('the log', 'closed'));
  following.add(log.wakes.subscribe({ next: look, error: failed, complete: closed }));
  // What came between the first state and the subscription woke nobody.
  look();

  return {
    get state() {
      return state;
    },
    get tail() {
      return segments.tail;
    },
    page: (after: number, maxBytes: number): EntryRange | undefined =>
      after < segments.floor ? undefined : segments.read(after, maxBytes),
    close: () => following.unsubscribe(),
  };

  function look(): void {
    woken = true;
    if (reading) return;
    woken = false;
    reading = true;
    following.add(log.read(segments.tail, pageSize).subscribe({ next: take, error: failed, complete: again }));
  }

  function take(page: Page): void {
    // A tail that went back, or a part that was trimmed before it was read, leaves a hole:
    // readers find it themselves, in the log. In another epoch the place that was asked for may lie beyond the tail.
    if (page.after !== segments.tail || page.epoch !== state.epoch) segments.reset(Math.min(page.after, page.tail));
    segments.addFramed(page.bytes, clock.now());
    segments.trim(clock.now());
    state = page;
    woken ||= page.last < page.tail;
    observer.grown();
  }

  function again(): void {
    reading = false;
    if (woken && !following.closed) look();
  }
}
