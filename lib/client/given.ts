import { catchError, from, type Observable, of, throwError } from 'rxjs';
import { ConnectionError } from '../error/ConnectionError.ts';

/** A value, or that of a promise; one that is rejected is like a server that cannot be reached. */
export function given<T>(value: T | PromiseLike<T>): Observable<T> {
  if (!isThenable(value)) return of(value);
  return from(value).pipe(
    catchError((cause: unknown) => {
      return throwError(() => new ConnectionError('unreachable', 'the URL or the headers could not be had', { cause }));
    }),
  );
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}
