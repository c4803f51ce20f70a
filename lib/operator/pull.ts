import type { Subscriber } from 'rxjs';
import { clock } from '../time/clock.ts';

/** The largest number of values read in one turn of the event loop. */
export const valuesPerTurn = 512;

/** How long one turn of the event loop is spent on reading values, in ms, checked after each value. */
const timePerTurn = 2;

/**
 * Emits the values of an async iterable: it requests the next one when the value
 * before has been delivered and `pace` calls back.
 *
 * Unsubscribing calls `return` of the iterator at once. A generator that is waiting
 * in an `await` runs it only when that settles; `context.signal` reaches it sooner.
 */
export function pull(
  iterable: AsyncIterable<unknown>,
  subscriber: Subscriber<unknown>,
  pace: (request: () => void) => void,
): void {
  let iterator: AsyncIterator<unknown>;
  try {
    iterator = iterable[Symbol.asyncIterator]();
  } catch (error) {
    return subscriber.error(error);
  }

  let isEnded = false;
  subscriber.add(() => {
    if (!isEnded) cancel(iterator);
  });
  pace(request);

  function request(): void {
    if (subscriber.closed) return;
    let result: Promise<IteratorResult<unknown>>;
    try {
      result = iterator.next();
    } catch (error) {
      return fail(error);
    }
    // A value that is not an iterator result throws in `onResult`, and errors the stream too.
    Promise.resolve(result).then(onResult).catch(fail);
  }

  function onResult(result: IteratorResult<unknown>): void {
    if (result.done) {
      isEnded = true;
      subscriber.complete();
      return;
    }
    subscriber.next(result.value);
    pace(request);
  }

  function fail(error: unknown): void {
    isEnded = true;
    subscriber.error(error);
  }
}

/** Calls `return` of an iterator; there is no subscriber left that an error could be reported to. */
function cancel(iterator: AsyncIterator<unknown>): void {
  try {
    Promise.resolve(iterator.return?.()).catch(() => {});
  } catch {}
}

/**
 * Returns a pace that also leaves the event loop a turn now and then: an iterable that always has a value, such as an endless
 * generator, would block everything else in the process.
 *
 * @param pace when the next value is requested; by default at once, as where no reader is waited for
 */
export function yielding(pace: (request: () => void) => void = (request) => request()): (request: () => void) => void {
  let values = 0;
  let start = clock.now();
  return (request) => {
    if (++values < valuesPerTurn && clock.now() - start < timePerTurn) return pace(request);
    clock.turn(() => {
      values = 0;
      start = clock.now();
      pace(request);
    });
  };
}
