import { Observable } from 'rxjs';
import { observableFrom, observableIn, type StreamInput } from '../operator/observableFrom.ts';
import { iterableIn } from './iterableIn.ts';
import { pull, yielding } from './pull.ts';

/**
 * Returns the Observable of a stream. Of an iterable it emits what there is at once, and leaves the event loop its turns;
 * unsubscribing calls `return` of the iterator, also while a value is awaited.
 */
export function unpacedFrom(value: unknown): Observable<unknown> {
  const iterable = observableIn(value) === undefined ? iterableIn(value) : undefined;
  if (iterable === undefined) return observableFrom(value as StreamInput<unknown>);
  return new Observable((subscriber) => pull(iterable, subscriber, yielding()));
}
