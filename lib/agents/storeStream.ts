import { catchError, debounceTime, EMPTY, filter, noop, type Observable, Subscription, switchMap } from 'rxjs';
import { isLogEnded } from '../error/isLogEnded.ts';
import type { EventLog, LogEnd } from '../log/EventLog.ts';
import type { LogWriter } from './LogWriter.ts';

/** How long a log that woke has to be silent before it is read for its end, in ms: an append would notice it. */
const endCheckDelay = 100;

/**
 * Appends the texts that a stream emits to a log, and ends the log when the stream completes or is unsubscribed from; as
 * failed when it errors, and when a text cannot be stored. Where the log was ended by others, the stream is unsubscribed
 * from.
 *
 * @returns the subscription to the stream
 */
export function storeStream(
  log: EventLog,
  writer: LogWriter,
  stream: Observable<string>,
  onError: (error: unknown) => void,
): Subscription {
  const storing = new Subscription();
  let last: Promise<unknown> = Promise.resolve();
  let how: LogEnd = 'completed';
  const report = (error: unknown): void => {
    if (!isLogEnded(error)) onError(error);
  };
  const fail = (error: unknown): void => {
    if (storing.closed) return;
    how = 'failed';
    report(error);
    storing.unsubscribe();
  };
  storing.add(() => {
    last
      .catch(noop)
      .then(() => writer.end(how))
      .catch(report);
  });
  const ended = log.wakes.pipe(
    debounceTime(endCheckDelay),
    // Where the log cannot be read, the next append notices it.
    switchMap(() => log.read(0, 0).pipe(catchError(() => EMPTY))),
    filter((state) => state.ended !== false),
  );
  storing.add(ended.subscribe({ next: () => storing.unsubscribe(), error: noop }));
  storing.add(
    stream.subscribe({
      next: (text) => {
        last = writer.append([text]);
        last.catch(fail);
      },
      error: fail,
      complete: () => storing.unsubscribe(),
    }),
  );
  return storing;
}
