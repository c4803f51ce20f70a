import { isRight } from 'fp-ts/lib/Either.js';
import { catchError, defer, EMPTY, Observable, of, tap, throwError } from 'rxjs';
import { runLogFull } from '../error/LimitError.ts';
import { parseCursor } from '../event/cursor.ts';
import type { Run, Runs } from '../feed/Runs.ts';
import { pull, unpaced } from '../source/pull.ts';
import type { Source } from './Route.ts';
import type { Session } from './Session.ts';
import { serveFeed } from './serveFeed.ts';
import { delayHead } from './startResponse.ts';

/** Returns the run that a reader resumes, if it is still retained and belongs to the reader. */
export function findRun({ route, requestedCursor, context }: Session, runs: Runs): Run | undefined {
  const cursor = requestedCursor === undefined ? undefined : parseCursor(requestedCursor);
  if (cursor === undefined || !isRight(cursor)) return undefined;
  return runs.find(cursor.right.epoch, route.ownerOf(context));
}

/** Starts a run with a stream of the request's own, and serves it from its start. */
export function startRun(session: Session, runs: Runs, source: Source): void {
  new RunStart(session, runs).serve('iterable' in source ? unpacedStream(source.iterable) : source.observable);
}

/** Until its response has started, an error of a run is an HTTP error; afterwards the route decides what is sent. */
class RunStart {
  readonly #session: Session;
  readonly #runs: Runs;
  #isStarted = false;
  #stream: 'idle' | 'subscribed' | 'notified' | { readonly error: unknown } = 'idle';
  #startNow: (() => void) | undefined;

  constructor(session: Session, runs: Runs) {
    this.#session = session;
    this.#runs = runs;
  }

  serve(stream: Observable<unknown>): void {
    const { route, context } = this.#session;
    const observed = defer(() => {
      this.#stream = 'subscribed';
      const notify = (): void => this.#onNotified();
      return route.settings.maxHeadDelay === 0 ? stream : stream.pipe(tap({ next: notify, complete: notify }));
    });
    const source = observed.pipe(catchError((error) => this.#onError(error)));
    const run = this.#runs.create(route.ownerOf(context), source, this.#session, (error) => {
      if (this.#failure?.error !== error) this.#session.handleError(error);
    });
    // From here on the stream may outlive its reader.
    this.#session.detach();
    serveFeed(this.#session, run.core, (start) => this.#scheduleStart(run, start));
  }

  get #failure(): { readonly error: unknown } | undefined {
    return typeof this.#stream === 'object' ? this.#stream : undefined;
  }

  /** Starts the response at once or, with `maxHeadDelay`, when the stream has emitted, completed or failed. */
  #scheduleStart(run: Run, start: () => void): void {
    const { maxHeadDelay } = this.#session.route.settings;
    if (maxHeadDelay === 0 || this.#stream === 'notified' || this.#failure !== undefined)
      return this.#startOrRefuse(run, start);
    this.#startNow = delayHead(this.#session, maxHeadDelay, () => this.#startOrRefuse(run, start));
  }

  #startOrRefuse(run: Run, start: () => void): void {
    // What the log has removed before the reader could take any of it, the reader would never get.
    const retained = this.#runs.overrunOf(run);
    if (this.#failure === undefined && retained !== undefined) this.#stream = { error: runLogFull(retained) };
    const failure = this.#failure;
    if (failure === undefined) start();
    else this.#session.refuse(failure.error);
    this.#isStarted = true;
    // It cannot be resumed: the request was refused, or the reader got the end and nothing else.
    if (this.#failure !== undefined || this.#stream === 'idle') this.#runs.remove(run);
  }

  #onNotified(): void {
    if (this.#stream !== 'subscribed') return;
    this.#stream = 'notified';
    this.#startNow?.();
  }

  #onError(error: unknown): Observable<unknown> {
    const isHttpError = !this.#isStarted && !this.#session.connection.hasEnded;
    const outcome = isHttpError ? 'cut' : this.#session.handleError(error);
    if (outcome === 'end') return EMPTY;
    if (outcome !== 'cut') return of(outcome.value);
    this.#stream = { error };
    this.#startNow?.();
    return throwError(() => error);
  }
}

/** Subscribes to an iterable without a reader's pace: a run continues without its reader, and its log is bounded. */
function unpacedStream(iterable: AsyncIterable<unknown>): Observable<unknown> {
  return new Observable((subscriber) => pull(iterable, subscriber, unpaced()));
}
