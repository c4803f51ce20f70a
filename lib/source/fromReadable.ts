import { Observable } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';
import { type Pull, PullIterator } from './PullIterator.ts';
import { pull, unpaced } from './pull.ts';

/** Where the Observable keeps what it is made of: only the sink asks for it. */
const pulled: unique symbol = Symbol('rxsse.pulled');

/** Most web streams are this, too, and only it tells TypeScript what they hold. */
type Iterated<T> = AsyncIterable<T> | null;

/**
 * Makes an Observable of what gives a value only when it is asked: an async
 * iterable, a Node `Readable`, a web `ReadableStream`.
 *
 * RxJS's `from` takes them too, but one that is parked in an `await` does not
 * hear that its reader has left, and holds its file or its request until it
 * wakes. Here the factory gets a signal which is aborted in the turn in which the
 * reader leaves; a web stream is cancelled and a Node stream destroyed as well.
 *
 * Handed to `sse` as it is, it pauses with its reader: the next value is asked
 * for when the socket takes more, so that the largest export holds one value in
 * memory. After `pipe` it is an Observable like any other, which nothing paces;
 * to change its values at the reader's pace, change them inside, in an
 * `async function*`. In a feed or a run it goes on as fast as it can.
 *
 * Each subscriber calls the factory anew. Completes with what it made; errors with
 * it, and with what the factory throws or its promise rejects with. The signal is
 * aborted then, too: nothing that the factory began outlives the stream.
 *
 * @example Another server's bytes, as they come
 * const bytes = fromReadable<Uint8Array>(async (signal) => (await fetch('http://localhost:3000/time', { signal })).body);
 *
 * @example A large export, at the pace of who reads it
 * async function* rows(signal: AbortSignal) {
 *   for (let page = 0; page < 1000; page++) {
 *     yield (await fetch(`http://localhost:4000/rows?page=${page}`, { signal })).json();
 *   }
 * }
 * app.get('/export', sse(fromReadable(rows)));
 *
 * @throws TypeError at once, for what is no function.
 * @see RxJS `from` for what is never left early.
 * @category source
 */
export function fromReadable<T>(make: (signal: AbortSignal) => Iterated<T> | PromiseLike<Iterated<T>>): Observable<T>;
export function fromReadable<T>(make: Pull<T>): Observable<T>;
export function fromReadable<T>(make: Pull<T>): Observable<T> {
  if (typeof make !== 'function') throw new TypeError(`fromReadable: expected a function, got ${kindOf(make)}`);
  const iterable: AsyncIterable<T> = { [Symbol.asyncIterator]: () => new PullIterator(make) };
  const observable = new Observable<T>((subscriber) => pull(iterable, subscriber, unpaced()));
  return Object.assign(observable, { [pulled]: iterable });
}

/** What can be asked at a reader's own pace, if that is what it is. */
export function pulledIn(value: unknown): AsyncIterable<unknown> | undefined {
  if (typeof value !== 'object' || value === null || !(pulled in value)) return undefined;
  return value[pulled] as AsyncIterable<unknown>;
}
