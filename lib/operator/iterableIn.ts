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

/** Returns an iterable whose results are awaited, so that a synchronous one can be read at the pace of its reader, too. */
async function* asyncIterableOf(iterable: Iterable<unknown>): AsyncGenerator<unknown> {
  yield* iterable;
}
