import { Observable, type OperatorFunction } from 'rxjs';
import { checkCount, checkFunction } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { operatorQueueFull } from '../error/LimitError.ts';
import { type EventIn, eventIn, isControl, type WithEvent, withEvent } from './EventIn.ts';
import { listen } from './listen.ts';
import { OrderedCalls } from './OrderedCalls.ts';
import { SerializedObserver } from './SerializedObserver.ts';

/** How many calls run at a time, and how many events may wait. @category operator */
export interface MapAsyncOptions {
  /** The largest number of calls at a time. A whole number from 1; `Infinity` starts every call at once. */
  readonly concurrency: number;
  /**
   * The largest number of events held: those that wait for their call, whose call runs, and whose result waits for the
   * results before it. One more is a {@link LimitError}. A whole number from 1.
   *
   * @default 10000
   */
  readonly maxQueued?: number;
}

/**
 * Calls an async function for each event, a limited number at a time, and emits the
 * results in the order of the events.
 *
 * Use it for lookups and writes elsewhere. It emits what `concatMap` would emit, and
 * sooner.
 *
 * ```text
 * source                     -a-bc----------|
 * call for a                  ----A
 * call for b                    --B
 * call for c                       ----C
 * mapAsync, concurrency 2    -----(AB)C-----|
 * ```
 *
 * Completes with the last result. A call that fails errors the stream after the
 * results before it; a source that fails errors it at once. Both, and unsubscribing,
 * abort `signal` and start no more calls. Several calls share one signal, so a signal
 * may also be aborted after its call has returned. Holds at most `maxQueued` events.
 * The result for an entry has the position of its event; position-only entries and
 * gaps keep their order.
 *
 * @example Four lookups at a time
 * const pages = of('/a', '/b').pipe(mapAsync((url, signal) => fetch(url, { signal }), { concurrency: 4 }));
 *
 * @throws TypeError at once, for an option of a wrong type. RangeError for an option out of range.
 * @see RxJS `mergeMap(f, n)`, which emits results as they come, holds without a bound, and aborts nothing.
 * @category operator
 */
export function mapAsync<T, R extends NonNullable<unknown> | null>(
  project: (event: NoInfer<EventIn<T>>, signal: AbortSignal) => PromiseLike<R>,
  options: MapAsyncOptions,
): OperatorFunction<T, WithEvent<T, R>> {
  checkOptions('mapAsync', options, { concurrency: '', maxQueued: '' });
  const { concurrency, maxQueued = 10_000 } = options;
  checkFunction('mapAsync: project', project);
  checkCount('mapAsync: concurrency', concurrency);
  checkCount('mapAsync: maxQueued', maxQueued);

  return (source) =>
    new Observable((subscriber) => {
      const output = new SerializedObserver<WithEvent<T, R>>(subscriber);
      const calls = new OrderedCalls<WithEvent<T, R>>(concurrency, output);
      subscriber.add(() => calls.abort());
      listen(source, subscriber, {
        next: (value) => {
          const event = eventIn(value);
          if (event === undefined && isControl(value)) {
            return calls.pass(value as WithEvent<T, never>);
          }
          if (calls.size >= maxQueued) throw operatorQueueFull('mapAsync', maxQueued);
          calls.push(
            (signal) => project(event as EventIn<T>, signal),
            (result) => withEvent(value, result as R),
          );
        },
        complete: () => calls.complete(),
      });
    });
}
