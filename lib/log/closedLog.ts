import { type Observable, throwError } from 'rxjs';
import { ClosedError } from '../error/ClosedError.ts';

/** Returns the answer of a log that was closed, to any call. */
export function closedLog(): Observable<never> {
  return throwError(() => new ClosedError('the log', 'closed'));
}
