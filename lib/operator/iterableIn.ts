import { isReadableStream, type Pullable, pullerOf } from './Puller.ts';

/**
 * Returns an object that is an iterable, or a stream of Node or of the web, as an asynchronous iterable whose iterators can be
 * returned from while a read is pending; `undefined` for any other value.
 */
export function iterableIn(value: unknown): AsyncIterable<unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isReadableStream(value) || Symbol.asyncIterator in value) {
    return { [Symbol.asyncIterator]: () => pullerOf(value as Pullable<unknown>) };
  }
  return Symbol.iterator in value ? asyncIterableOf(value as Iterable<unknown>) : undefined;
}

/** Returns a synchronous iterable as one that is read on request. Elements that are promises are not awaited, as in `from` of RxJS. */
export function requestedFrom<T>(iterable: Iterable<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]: () => {
      const iterator = iterable[Symbol.iterator]();
      return {
        next: async () => iterator.next(),
        return: async () => iterator.return?.() ?? { done: true, value: undefined },
      };
    },
  };
}

/** Returns an iterable whose results are awaited, so that a synchronous one can be read at the pace of its reader, too. */
async function* asyncIterableOf(iterable: Iterable<unknown>): AsyncGenerator<unknown> {
  yield* iterable;
}
