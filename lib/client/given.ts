import { from, type Observable, of } from 'rxjs';
import { ConnectionError } from '../error/ConnectionError.ts';

/** A value, or that of a promise; one that is rejected is like a server that cannot be reached. */
export function given<T>(value: T | PromiseLike<T>): Observable<T> {
  if (!isThenable(value)) return of(value);
  const had = value.then(undefined, (cause: unknown): never => {
    throw new ConnectionError('unreachable', 'the URL or the headers could not be had', { cause });
  });
  return from(had);
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}
