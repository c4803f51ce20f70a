/** Returns an object that is an iterable as an asynchronous one; `undefined` for any other value. */
export function iterableIn(value: unknown): AsyncIterable<unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Symbol.asyncIterator in value) return value as AsyncIterable<unknown>;
  return Symbol.iterator in value ? asyncIterableOf(value as Iterable<unknown>) : undefined;
}

/** Returns an iterable whose results are awaited, so that a synchronous one can be read at the pace of its reader, too. */
async function* asyncIterableOf(iterable: Iterable<unknown>): AsyncGenerator<unknown> {
  yield* iterable;
}
