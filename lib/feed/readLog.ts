import {
  catchError,
  defer,
  EMPTY,
  type MonoTypeOperatorFunction,
  map,
  Observable,
  of,
  retry,
  switchMap,
  take,
  throwError,
  timer,
} from 'rxjs';
import type { ClosedError } from '../error/ClosedError.ts';
import type { FencedError } from '../error/FencedError.ts';
import { hasTag } from '../error/RxsseError.ts';
import { StorageError } from '../error/StorageError.ts';
import type { EventLog, Page } from '../log/EventLog.ts';
import { backoffBound, fullJitter } from '../time/backoff.ts';
import { scheduleIdle } from '../time/scheduleIdle.ts';

/** How often a failed operation is repeated for readers that wait: 3.1 s at most. */
const maxRetries = 5;

/** The longest wait before the first repetition, in ms; it doubles each time. */
const firstDelay = 100;

/** The longest wait of all, in ms. */
const maxDelay = 5000;

/** How long a log may take to answer a read, in ms; an answer that was lost would stop a feed without a report. */
const maxAnswerTime = 30_000;

/**
 * Reads a log. A read that is not answered in time counts as failed. A read that fails is reported and repeated, since storage that is full or busy recovers; one that fails
 * again and again errors with a `StorageError`, on which readers are disconnected and come back.
 */
export function readLog(
  log: EventLog,
  after: number,
  maxBytes: number,
  onError: (error: unknown) => void,
): Observable<Page> {
  return inTime(defer(() => log.read(after, maxBytes)).pipe(take(1))).pipe(retryStorage(onError));
}

/** Subscribes to work on a log unless the log has ended. One that cannot be read may be one that can be written. */
export function unlessEnded<T>(
  log: EventLog,
  onError: (error: unknown) => void,
  work: () => Observable<T>,
): Observable<T> {
  return readLog(log, 0, 0, onError).pipe(
    map(({ ended }) => ended === false),
    catchError(() => of(true)),
    switchMap((isOpen) => (isOpen ? work() : EMPTY)),
  );
}

/** Errors when a read is not answered in time. The timer exists only for a read that is not answered at once. */
function inTime(read: Observable<Page>): Observable<Page> {
  return new Observable((subscriber) => {
    subscriber.add(read.subscribe(subscriber));
    if (subscriber.closed) return;
    const message = `it did not answer within ${maxAnswerTime} ms`;
    subscriber.add(scheduleIdle(() => subscriber.error(new StorageError('read the log', message)), maxAnswerTime));
  });
}

/**
 * Repeats an operation of a log that fails, with a backoff, and reports each failure. A closed log does not recover, and
 * neither does a claim that was lost.
 *
 * @param count how many times; `Infinity` for an operation that has to succeed
 */
export function retryStorage<T>(onError: (error: unknown) => void, count = maxRetries): MonoTypeOperatorFunction<T> {
  const delay = (error: unknown, failures: number): Observable<unknown> => {
    if (isFinal(error)) return throwError(() => error);
    onError(error);
    return timer(fullJitter(backoffBound(failures - 1, firstDelay, maxDelay)));
  };
  const fail = (error: unknown): Observable<never> => {
    if (isFinal(error)) return throwError(() => error);
    onError(error);
    const isStorageError = hasTag<StorageError>(error, 'StorageError');
    return throwError(() => (isStorageError ? error : new StorageError('read the log', error)));
  };
  return (operation) => operation.pipe(retry({ count, delay }), catchError(fail));
}

function isFinal(error: unknown): boolean {
  return hasTag<ClosedError>(error, 'ClosedError') || hasTag<FencedError>(error, 'FencedError');
}
