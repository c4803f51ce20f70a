import { catchError, concatMap, defer, type Observable, of, throwError } from 'rxjs';
import { isLogEnded } from '../error/isLogEnded.ts';
import type { EventLog, FenceOptions, LogState } from '../log/EventLog.ts';
import type { Message } from '../wire/Frame.ts';

/**
 * Returns a log that, in place of ending as failed, appends an entry and ends as completed: the error event of a protocol
 * that has no other way to say that an answer is not complete.
 *
 * A log ends as failed when the process of its stream has ended, was replaced or shuts down, and when an event could not be
 * stored.
 */
export function failureAsEntry(log: EventLog, { event, data }: Message): EventLog {
  const failed = (fence?: FenceOptions): Observable<LogState> =>
    // The end is repeated when its answer was lost.
    defer(() => log.append([{ event, data, retry: undefined }], { ...fence, key: 'failure' })).pipe(
      catchError((error) => (isLogEnded(error) ? of(undefined) : throwError(() => error))),
      concatMap(() => log.end('completed', fence)),
    );
  const { inMemory, shared, readNow, claim, prefixEpochs } = log;
  return {
    ...(inMemory !== undefined && { inMemory }),
    ...(shared !== undefined && { shared }),
    ...(readNow && { readNow: (after: number, maxBytes: number) => Reflect.apply(readNow, log, [after, maxBytes]) }),
    ...(claim && { claim: (holder: string, lease: number) => Reflect.apply(claim, log, [holder, lease]) }),
    ...(prefixEpochs && { prefixEpochs: (prefix: string) => Reflect.apply(prefixEpochs, log, [prefix]) }),
    wakes: log.wakes,
    append: (events, options) => log.append(events, options),
    read: (after, maxBytes) => log.read(after, maxBytes),
    end: (how, fence) => (how === 'failed' ? failed(fence) : log.end(how, fence)),
    close: () => log.close(),
  };
}
