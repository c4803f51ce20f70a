import { isRight } from 'fp-ts/lib/Either.js';
import { catchError, defer, EMPTY, Observable, of, tap, throwError } from 'rxjs';
import { parseCursor } from '../event/Cursor.ts';
import type { Run, Runs } from '../feed/runs.ts';
import { pull, unpaced } from '../source/pull.ts';
import type { Asked } from './Asked.ts';
import { holdHead } from './holdHead.ts';
import { serveFeed } from './serveFeed.ts';
import type { Source } from './sourceOf.ts';

/** The run that a reader comes back to, if it is still known, and is its own. */
export function knownRun({ route, requested, context }: Asked, runs: Runs): Run | undefined {
  const cursor = requested === undefined ? undefined : parseCursor(requested);
  if (cursor === undefined || !isRight(cursor)) return undefined;
  return runs.find(cursor.right.epoch, route.ownerOf(context));
}

/** Begins a run with a stream of the request's own, and sends it from its start. */
export function beginRun(asked: Asked, runs: Runs, source: Source): void {
  const { route, connection, context } = asked;
  const stream = 'iterable' in source ? pulled(source.iterable) : source.observable;
  let beginning = true;
  let isWanted = false;
  let failure: { readonly error: unknown } | undefined;
  let spoke = false;
  let go: (() => void) | undefined;

  const last = (error: unknown): Observable<unknown> => {
    // Until the response begins it is still an HTTP error, and nobody is asked for a last word.
    const said = beginning && !connection.isClosed ? 'cut' : route.farewell(error, context);
    if (said === 'end') return EMPTY;
    if (said !== 'cut') return of(said.value);
    failure = { error };
    spoken();
    return throwError(() => error);
  };
  const wanted = defer(() => {
    isWanted = true;
    return route.limits.maxHeadDelay === 0 ? stream : stream.pipe(tap({ next: spoken, complete: spoken }));
  });
  const run = runs.create(route.ownerOf(context), wanted.pipe(catchError(last)), asked.own, (error) => {
    if (failure?.error !== error) route.farewell(error, context);
  });
  // From here on it may outlive its reader.
  asked.own.keep();
  serveFeed(asked, run.core, {
    failure: () => failure,
    hold: (begin) => {
      const begun = (): void => {
        go = undefined;
        begin();
        beginning = false;
        // Nobody can come back to it: it was refused, or its reader was told of the end and nothing else.
        if (failure !== undefined || !isWanted) runs.remove(run);
      };
      if (spoke || route.limits.maxHeadDelay === 0) begun();
      else go = holdHead(connection, route.limits.maxHeadDelay, begun);
    },
  });

  function spoken(): void {
    spoke = true;
    go?.();
  }
}

/** A run is detached from its reader, so nothing paces it but itself; its log is what is bounded. */
function pulled(iterable: AsyncIterable<unknown>): Observable<unknown> {
  return new Observable((subscriber) => pull(iterable, subscriber, unpaced()));
}
