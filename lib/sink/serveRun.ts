import { isRight } from 'fp-ts/lib/Either.js';
import { Observable } from 'rxjs';
import { parseCursor } from '../event/Cursor.ts';
import type { Run, Runs } from '../feed/runs.ts';
import { pull } from './pull.ts';
import { serveFeed } from './serveFeed.ts';
import type { Asked } from './serveStream.ts';
import type { Source } from './sourceOf.ts';

/** The run that a reader comes back to, if it is still known, and is its own. */
export function knownRun({ route, visit, context }: Asked, runs: Runs): Run | undefined {
  const cursor = visit.requested === undefined ? undefined : parseCursor(visit.requested);
  if (cursor === undefined || !isRight(cursor)) return undefined;
  return runs.find(cursor.right.epoch, route.ownerOf(context));
}

/** Begins a run with a stream of the request's own, and sends it from its start. */
export function beginRun(asked: Asked, runs: Runs, source: Source, abort: AbortController): void {
  const { route, context } = asked;
  const stream = 'iterable' in source ? pulled(source.iterable) : source.observable;
  const failures: unknown[] = [];
  const run = runs.begin(route.ownerOf(context), stream, abort, (error) => {
    failures.push(error);
    route.farewell(error, context);
  });
  serveFeed(asked, run.feed, failures);
}

/** A run is detached from its reader, so nothing paces it but itself; its log is what is bounded. */
function pulled(iterable: AsyncIterable<unknown>): Observable<unknown> {
  return new Observable((subscriber) => pull(iterable, subscriber, (ask) => ask()));
}
