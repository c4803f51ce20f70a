import { Observable, type OperatorFunction } from 'rxjs';
import { checkCount, checkFunction } from '../data/check.ts';
import { operatorQueueFull } from '../error/LimitError.ts';
import { Calls } from './Calls.ts';
import { type EventIn, eventIn, isBare, isForReader, type WithEvent, withEvent } from './EventIn.ts';
import { listen } from './listen.ts';
import { SerializedObserver } from './SerializedObserver.ts';

/** How much may wait. @category operator */
export interface MapAsyncOptions {
  /**
   * Values that may be held: at work, and waiting for their turn or for those before them. One more is a
   * {@link LimitError}. A whole number from 1.
   *
   * @default 10000
   */
  readonly maxQueued?: number;
}

/**
 * Calls an async function for each event, so many at a time, and gives the
 * results in the order of the events.
 *
 * For lookups and writes elsewhere. What comes out is what `concatMap` would
 * give, and sooner.
 *
 * ```text
 * source        -a-bc----------|
 * work on a      ----A
 * work on b        --B
 * work on c          ----C
 * mapAsync 2    -----(AB)C-----|
 * ```
 *
 * A call that fails, fails the stream in its place: after the results before it. A
 * source that fails, at once. Either way, and on unsubscribe, `signal` is aborted,
 * and nothing is called any more. A signal is shared by several calls, and tells of
 * the stream: one whose call is over may still be aborted. On entries results are
 * at the places of their events, and bare places and gaps overtake none.
 *
 * @example Four lookups at a time
 * const pages = of('/a', '/b').pipe(mapAsync(4, (url, signal) => fetch(url, { signal })));
 *
 * @throws RangeError at once, for a number out of range. TypeError for what is no function.
 * @see RxJS `mergeMap(f, n)`, which gives results as they come, holds without a bound, and aborts nothing.
 * @category operator
 */
export function mapAsync<T, R extends NonNullable<unknown> | null>(
  concurrent: number,
  project: (event: NoInfer<EventIn<T>>, signal: AbortSignal) => PromiseLike<R>,
  { maxQueued = 10_000 }: MapAsyncOptions = {},
): OperatorFunction<T, WithEvent<T, R>> {
  checkCount('mapAsync: concurrent', concurrent);
  checkFunction('mapAsync', project);
  checkCount('mapAsync: maxQueued', maxQueued);

  return (source) =>
    new Observable((subscriber) => {
      const outlet = new SerializedObserver<WithEvent<T, R>>(subscriber);
      const calls = new Calls<WithEvent<T, R>>(concurrent, outlet);
      subscriber.add(() => calls.abort());
      listen(source, subscriber, {
        next: (value) => {
          const event = eventIn(value);
          if (event === undefined && isForReader(value)) return calls.pass(value as WithEvent<T, never>, isBare(value));
          if (calls.held >= maxQueued) throw operatorQueueFull('mapAsync', maxQueued);
          calls.push(
            (signal) => project(event as EventIn<T>, signal),
            (result) => withEvent(value, result as R),
          );
        },
        complete: () => calls.end(),
      });
    });
}
