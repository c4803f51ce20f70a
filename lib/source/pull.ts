import type { Subscriber } from 'rxjs';
import { clock } from '../time/clock.ts';

/** The largest number of values read in one turn of the event loop, where no reader sets the pace. */
const valuesPerTurn = 64;

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
 * Returns a pace without a reader to wait for: as fast as values come, with a turn
 * of the event loop now and then for an iterable that always has a value.
 */
export function unpaced(): (request: () => void) => void {
  let requests = 0;
  return (request) => (++requests % valuesPerTurn === 0 ? clock.turn(request) : request());
}
