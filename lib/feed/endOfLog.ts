import { catchError, debounceTime, EMPTY, filter, type Observable, switchMap } from 'rxjs';
import type { EventLog, LogState } from '../log/EventLog.ts';

/** How long a log that woke has to be silent before it is read for its end, in ms: an append would notice it. */
const endCheckDelay = 100;

/**
 * Emits the state of a log that has ended, for its producer: another process may have ended it, which the producer notices
 * only when it appends. Where the log cannot be read, the next append, or the renewal of the claim, notices it.
 */
export function endOfLog(log: EventLog): Observable<LogState> {
  return log.wakes.pipe(
    debounceTime(endCheckDelay),
    switchMap(() => log.read(0, 0).pipe(catchError(() => EMPTY))),
    filter(({ ended }) => ended !== false),
  );
}
