import { noop, type Observable, Subscription } from 'rxjs';
import { isLogEnded } from '../error/isLogEnded.ts';
import { endOfLog } from '../feed/endOfLog.ts';
import type { LogEnd } from '../log/EventLog.ts';
import type { LogWriter } from './LogWriter.ts';

/**
 * Appends the texts that a stream emits to a log, and ends the log when the stream completes or is unsubscribed from; as
 * failed when it errors, and when a text cannot be stored. Where the log was ended by others, the stream is unsubscribed
 * from.
 *
 * @returns the subscription to the stream
 */
export function storeStream(
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
  storing.add(endOfLog(writer.log).subscribe({ next: () => storing.unsubscribe(), error: noop }));
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
