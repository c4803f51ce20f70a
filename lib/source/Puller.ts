import { kindOf } from '../data/kindOf.ts';

/** A `ReadableStream`, as far as it matters here. @category source */
export interface ReadableStreamLike<T> {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: T | undefined }>;
    cancel(): Promise<unknown>;
  };
}

/**
 * What gives a value when it is asked for one: an async iterable such as an
 * async generator or a Node `Readable`, a web `ReadableStream`, or the `null`
 * that a response without a body has for one.
 *
 * @category source
 */
export type Pullable<T> = AsyncIterable<T> | ReadableStreamLike<T> | null;

/** One reading of such a thing, which can be left also while it is parked. */
export interface Puller<T> {
  next(): Promise<IteratorResult<T>>;
  leave(): void;
}

/**
 * Begins to read.
 *
 * @throws TypeError for what cannot be read.
 */
export function pullerOf<T>(given: Pullable<T>): Puller<T> {
  if (given === null) return { next: () => Promise.resolve({ done: true, value: undefined }), leave: nothing };
  if (typeof given === 'object') {
    // First, though it can be iterated as well: a parked iterator of a stream hears of its `return` only when it wakes.
    if ('getReader' in given) return readerOf(given);
    if (Symbol.asyncIterator in given) return iteratorOf(given);
  }
  throw new TypeError(`fromReadable: expected an async iterable or a ReadableStream, got ${kindOf(given)}`);
}

function readerOf<T>(stream: ReadableStreamLike<T>): Puller<T> {
  const reader = stream.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<T>>,
    leave: () => {
      reader.cancel().catch(nothing);
    },
  };
}

/** Node streams: their iterator is an async generator, which hears nothing while it is parked; they themselves do. */
interface Destroyable {
  destroy(): unknown;
}

function iteratorOf<T>(iterable: AsyncIterable<T>): Puller<T> {
  const stream = isDestroyable(iterable) ? iterable : undefined;
  const iterator = iterable[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    leave: () => {
      stream?.destroy();
      Promise.resolve(iterator.return?.()).catch(nothing);
    },
  };
}

function isDestroyable(value: object): value is Destroyable {
  return 'destroy' in value && typeof value.destroy === 'function';
}

function nothing(): void {}
