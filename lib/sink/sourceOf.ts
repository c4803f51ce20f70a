import { from, isObservable, type Observable, type ObservableInput, observable } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';
import { pulledIn } from '../source/fromReadable.ts';

/** The form of a stream: an Observable, of this or another library, or an iterable, which the reader paces. */
export type Source = { readonly observable: Observable<unknown> } | { readonly iterable: AsyncIterable<unknown> };

/**
 * Returns what a value streams from.
 *
 * @throws TypeError for a value that is not a stream.
 */
export function sourceOf(value: unknown): Source {
  const iterable = pulledIn(value);
  if (iterable !== undefined) return { iterable };
  if (isObservable(value)) return { observable: value };
  if (typeof value === 'object' && value !== null) {
    if (observable in value) return { observable: from(value as ObservableInput<unknown>) };
    if (Symbol.asyncIterator in value) return { iterable: value as AsyncIterable<unknown> };
    if (Symbol.iterator in value) return { iterable: asyncIterableOf(value as Iterable<unknown>) };
  }
  throw new TypeError(
    `sse: expected an Observable, an iterable, a feed, or a function that returns one, got ${kindOf(value)}`,
  );
}

/** Returns an iterable whose results are awaited, so that a synchronous one is read at the pace of its reader, too. */
async function* asyncIterableOf(iterable: Iterable<unknown>): AsyncGenerator<unknown> {
  yield* iterable;
}
