import { Observable } from 'rxjs';
import { checkFunction } from '../data/check.ts';
import { pull, yielding } from '../operator/pull.ts';
import { type Pull, PullIterator } from './PullIterator.ts';

/** The key of the async iterable behind the Observable, which `sse` reads at the pace of its reader. */
const pulledSource: unique symbol = Symbol.for('rxsse.pulled') as never;

/** Web streams are async iterable too, and only from this type can TypeScript infer their values. */
type Iterated<T> = AsyncIterable<T> | null;

/**
 * Makes an Observable of a source that is read on request: an async iterable, a Node
 * `Readable`, a web `ReadableStream`.
 *
 * Use it instead of RxJS `from` for what has to be canceled: an iterable that waits in
 * an `await` does not notice that it was unsubscribed from, and keeps its file or its
 * request until it wakes. Here the factory receives a signal that is aborted in the
 * turn of the unsubscription; a web stream is canceled and a Node stream destroyed too.
 *
 * When it is passed to `sse` as it is, it pauses with its reader: the next value is
 * requested when the socket takes more, so the largest export holds one value in
 * memory. After `pipe` it is an Observable like any other, without backpressure; to
 * map values at the pace of the reader, map them inside an `async function*`. In a
 * feed or a resumable run it is read as fast as it produces.
 *
 * Each subscriber calls the factory. Completes and errors with its result, and errors
 * with what the factory throws or its promise rejects with. The signal is aborted at
 * the end of the stream as well. Holds one value.
 *
 * @example The bytes of another server, as they come
 * const bytes = fromReadable<Uint8Array>(async (signal) => (await fetch('http://localhost:3000/time', { signal })).body);
 *
 * @example A large export, at the pace of its reader
 * async function* rows(signal: AbortSignal) {
 *   for (let page = 0; page < 1000; page++) {
 *     yield (await fetch(`http://localhost:4000/rows?page=${page}`, { signal })).json();
 *   }
 * }
 * app.get('/export', sse(fromReadable(rows)));
 *
 * @throws TypeError at once, for a factory that is not a function.
 * @see RxJS `from` for what need not be canceled.
 * @category source
 */
export function fromReadable<T>(
  factory: (signal: AbortSignal) => Iterated<T> | PromiseLike<Iterated<T>>,
): Observable<T>;
export function fromReadable<T>(factory: Pull<T>): Observable<T>;
export function fromReadable<T>(factory: Pull<T>): Observable<T> {
  checkFunction('fromReadable: factory', factory);
  const iterable: AsyncIterable<T> = { [Symbol.asyncIterator]: () => new PullIterator(factory) };
  const observable = new Observable<T>((subscriber) => pull(iterable, subscriber, yielding()));
  return Object.assign(observable, { [pulledSource]: iterable });
}

/** Returns the async iterable behind an Observable that {@link fromReadable} made; `undefined` for any other value. */
export function pulledIn(value: unknown): AsyncIterable<unknown> | undefined {
  if (typeof value !== 'object' || value === null || !(pulledSource in value)) return undefined;
  return value[pulledSource] as AsyncIterable<unknown>;
}
