import { Observable } from 'rxjs';
import { pull, yielding } from '../operator/pull.ts';
import type { Source } from './Route.ts';

/** Returns the stream of a run, not at the pace of a reader: a run continues without one, and its log is bounded. */
export function unpacedStream(source: Source): Observable<unknown> {
  if ('observable' in source) return source.observable;
  return new Observable((subscriber) => pull(source.iterable, subscriber, yielding()));
}
