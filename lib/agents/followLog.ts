import { asyncScheduler, ignoreElements, noop, type Subscription, switchMap, timer } from 'rxjs';
import { StreamFailedError } from '../error/StreamFailedError.ts';
import { StreamTimeoutError } from '../error/StreamTimeoutError.ts';
import { runLease } from '../feed/RunLogs.ts';
import { type ClaimableLog, whileClaimed } from '../feed/whileClaimed.ts';
import type { EventLog } from '../log/EventLog.ts';
import { entriesOf, type LoggedMessage, pageAfter } from './storedEntries.ts';

/** The most bytes that are read at once. */
const bytesPerPage = 64 * 1024;

interface FollowOptions {
  readonly signal?: AbortSignal | undefined;
  /** The longest wait for the first entry, in milliseconds. @default Infinity */
  readonly firstTimeout?: number;
}

/**
 * Reads what a log has after a sequence and then what is appended, at the pace of the loop. It ends when the log has ended
 * as completed and when the signal is aborted.
 *
 * Where the process that appends has ended before it ended the log, it ends the log as failed when the claim of that
 * process has expired, as the readers of a feed do.
 *
 * @throws StreamFailedError for a log that has ended as failed, and for one that has trimmed what follows.
 * @throws StreamTimeoutError when there is no entry in time.
 */
export async function* followLog(
  log: EventLog,
  after: number,
  options: FollowOptions = {},
): AsyncGenerator<LoggedMessage> {
  const { signal, firstTimeout = Infinity } = options;
  let position = after;
  let wake = noop;
  let woken = Promise.resolve();
  let isLate = false;
  let takeover: Subscription | undefined;
  const onWake = (): void => wake();
  const lateness = Number.isFinite(firstTimeout)
    ? asyncScheduler.schedule(() => {
        isLate = true;
        wake();
      }, firstTimeout)
    : undefined;
  const wakes = log.wakes.subscribe({ next: onWake, error: onWake, complete: onWake });
  signal?.addEventListener('abort', onWake);
  try {
    while (!signal?.aborted) {
      woken = new Promise((resolve) => {
        wake = resolve;
      });
      const page = await pageAfter(log, position, bytesPerPage);
      if (page.after > position) throw new StreamFailedError();
      if (page.last > position) lateness?.unsubscribe();
      for (const entry of entriesOf(page)) {
        if (signal?.aborted) return;
        yield entry;
      }
      position = page.last;
      if (position < page.tail) continue;
      if (page.ended === 'failed') throw new StreamFailedError();
      if (page.ended !== false) return;
      if (isLate && page.tail === 0) throw new StreamTimeoutError('first', firstTimeout);
      // Before the first entry its process may not have the claim yet.
      takeover ??= endWhenAbandoned(log, page.tail > 0 ? 0 : runLease);
      await woken;
    }
  } finally {
    for (const each of [wakes, lateness, takeover]) each?.unsubscribe();
    signal?.removeEventListener('abort', onWake);
  }
}

/** Ends a log as failed when, after a delay, it is the one that gets the claim of its producer. */
function endWhenAbandoned(log: EventLog, delay: number): Subscription | undefined {
  if (log.inMemory || log.claim === undefined) return undefined;
  const claimed = whileClaimed({ log: log as ClaimableLog, lease: runLease, onError: noop }, (token) =>
    log.end('failed', { token }).pipe(ignoreElements()),
  );
  return (delay === 0 ? claimed : timer(delay).pipe(switchMap(() => claimed))).subscribe({ error: noop });
}
