import type { Subscriber } from 'rxjs';
import { clock } from '../time/clock.ts';

/** Values that are taken in one turn of the loop, at most, where no reader sets the pace. */
const atOnce = 64;

/**
 * Feeds a subscriber from an async iterable: the next value is asked for when
 * the one before was taken and `pace` lets it be.
 *
 * One that leaves calls `return` on the iterator at once. A generator that is
 * parked in an `await` hears of it only when that settles; `context.signal` is
 * how it hears sooner.
 */
export function pull(
  iterable: AsyncIterable<unknown>,
  subscriber: Subscriber<unknown>,
  pace: (ask: () => void) => void,
): void {
  let iterator: AsyncIterator<unknown>;
  try {
    iterator = iterable[Symbol.asyncIterator]();
  } catch (error) {
    return subscriber.error(error);
  }

  let done = false;
  subscriber.add(() => {
    if (!done) leave(iterator);
  });
  pace(ask);

  function ask(): void {
    if (subscriber.closed) return;
    let asked: Promise<IteratorResult<unknown>>;
    try {
      asked = iterator.next();
    } catch (error) {
      return failed(error);
    }
    // What is no result at all throws in `taken`, and is an error of the stream, too.
    Promise.resolve(asked).then(taken).catch(failed);
  }

  function taken(result: IteratorResult<unknown>): void {
    if (result.done) {
      done = true;
      subscriber.complete();
      return;
    }
    subscriber.next(result.value);
    pace(ask);
  }

  function failed(error: unknown): void {
    done = true;
    subscriber.error(error);
  }
}

/** Nobody is left to be told what an iterator says when it is left. */
function leave(iterator: AsyncIterator<unknown>): void {
  try {
    Promise.resolve(iterator.return?.()).catch(() => {});
  } catch {}
}

/**
 * The pace of what has no reader to pause with: as fast as it comes, but one
 * that always has a value at hand leaves the loop its turns.
 */
export function unpaced(): (ask: () => void) => void {
  let asked = 0;
  return (ask) => (++asked % atOnce === 0 ? clock.turn(ask) : ask());
}
