import { kindOf } from '../data/kindOf.ts';

/** The members of a `ReadableStream` that are used here. @category source */
export interface ReadableStreamLike<T> {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: T | undefined }>;
    cancel(): Promise<unknown>;
  };
}

/**
 * A source that produces a value when one is requested: an async iterable such as
 * an async generator or a Node `Readable`, a web `ReadableStream`, or the `null`
 * that is the body of a response without one.
 *
 * @category source
 */
export type Pullable<T> = AsyncIterable<T> | ReadableStreamLike<T> | null;

/** One iteration over a {@link Pullable}. Its `return` does not wait for a pending `next`. */
export interface Puller<T> {
  next(): Promise<IteratorResult<T>>;
  return(): Promise<IteratorResult<T>>;
}

/**
 * Starts to read.
 *
 * @throws TypeError for a value that cannot be read.
 */
export function pullerOf<T>(source: Pullable<T>): Puller<T> {
  if (source === null) return { next: ended, return: ended };
  if (typeof source === 'object') {
    // First, although a web stream is async iterable too: `return` of its iterator waits for a pending read.
    if (isReadableStream(source)) return pullReaderOf(source);
    if (Symbol.asyncIterator in source) return iteratorOf(source);
  }
  throw new TypeError(`fromReadable: factory must return an async iterable or a ReadableStream, got ${kindOf(source)}`);
}

function pullReaderOf<T>(stream: ReadableStreamLike<T>): Puller<T> {
  const reader = stream.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<T>>,
    return: () => {
      reader.cancel().catch(ignoreFailure);
      return ended();
    },
  };
}

/** A Node stream. Its iterator is an async generator, whose `return` waits for a pending read; `destroy` does not. */
interface Destroyable {
  destroy(): unknown;
}

function iteratorOf<T>(iterable: AsyncIterable<T>): Puller<T> {
  const stream = isDestroyable(iterable) ? iterable : undefined;
  const iterator = iterable[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    return: () => {
      stream?.destroy();
      Promise.resolve(iterator.return?.()).catch(ignoreFailure);
      return ended();
    },
  };
}

/** Returns true for a web stream; some browsers have no iterator for it. */
export function isReadableStream(value: object): value is ReadableStreamLike<unknown> {
  return 'getReader' in value && typeof value.getReader === 'function';
}

function isDestroyable(value: object): value is Destroyable {
  return 'destroy' in value && typeof value.destroy === 'function';
}

const ended = (): Promise<IteratorResult<never>> => Promise.resolve({ done: true, value: undefined });

function ignoreFailure(): void {}
