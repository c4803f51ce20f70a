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

/** One iteration over a {@link Pullable}, which can be canceled while a read is pending. */
export interface Puller<T> {
  next(): Promise<IteratorResult<T>>;
  cancel(): void;
}

/**
 * Starts to read.
 *
 * @throws TypeError for a value that cannot be read.
 */
export function pullerOf<T>(source: Pullable<T>): Puller<T> {
  if (source === null) return { next: () => Promise.resolve({ done: true, value: undefined }), cancel: ignoreFailure };
  if (typeof source === 'object') {
    // First, although a web stream is async iterable too: `return` of its iterator waits for a pending read.
    if ('getReader' in source) return pullReaderOf(source);
    if (Symbol.asyncIterator in source) return iteratorOf(source);
  }
  throw new TypeError(`fromReadable: factory must return an async iterable or a ReadableStream, got ${kindOf(source)}`);
}

function pullReaderOf<T>(stream: ReadableStreamLike<T>): Puller<T> {
  const reader = stream.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<T>>,
    cancel: () => {
      reader.cancel().catch(ignoreFailure);
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
    cancel: () => {
      stream?.destroy();
      Promise.resolve(iterator.return?.()).catch(ignoreFailure);
    },
  };
}

function isDestroyable(value: object): value is Destroyable {
  return 'destroy' in value && typeof value.destroy === 'function';
}

function ignoreFailure(): void {}
