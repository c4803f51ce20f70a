import { Observable } from 'rxjs';
import { sourceOf } from '../sink/Route.ts';
import { pull, unpaced } from '../source/pull.ts';

/** Returns the chunks of a stream, not at the pace of a reader: an answer continues without one. */
export function unpacedChunks(stream: unknown): Observable<unknown> {
  const source = sourceOf(stream);
  if ('observable' in source) return source.observable;
  return new Observable((subscriber) => pull(source.iterable, subscriber, unpaced()));
}
