import { isRight } from 'fp-ts/lib/Either.js';
import { asyncScheduler, catchError, EMPTY, Observable, of, type Subscription, tap, throwError } from 'rxjs';
import { runIn } from '../data/asyncScope.ts';
import { callGuarded, callHook, checkSynchronous } from '../data/callUser.ts';
import { runLogFull } from '../error/LimitError.ts';
import { StorageError } from '../error/StorageError.ts';
import { cursorOf, parseCursor } from '../event/cursor.ts';
import type { Run } from '../feed/Run.ts';
import { overrunOf, runLease } from '../feed/RunLogs.ts';
import type { Runs } from '../feed/Runs.ts';
import type { SharedRun } from '../feed/SharedRun.ts';
import type { StartPosition } from '../feed/startPosition.ts';
import type { Source } from './Route.ts';
import type { Session } from './Session.ts';
import type { ResponseHeaders } from './SseOptions.ts';
import { describeRequest } from './SseRequest.ts';
import { serveFeed } from './serveFeed.ts';
import { delayHead } from './startResponse.ts';
import { unpacedStream } from './unpacedStream.ts';

const checkLog = 'check the storage of resume.log, and its connection';

/**
 * Serves the run that a reader resumes, if it is retained by this process, or stored where other processes read it, and
 * belongs to the reader. Otherwise calls back: at once, or when the storage has been read.
 */
export function resumeRun(session: Session, runs: Runs, otherwise: () => void): void {
  const { route, requestedCursor, context, connection } = session;
  const cursor = requestedCursor === undefined ? undefined : parseCursor(requestedCursor);
  if (cursor === undefined || !isRight(cursor)) return otherwise();
  const { epoch } = cursor.right;
  const owner = route.ownerOf(context);
  const run = runs.find(epoch, owner);
  if (run !== undefined) return serveFeed(session, run.core);
  const onError = (error: unknown): void => void session.handleError(error);
  const opened = runs.open(epoch, { owner, abort: session, onError });
  if (opened === undefined) return otherwise();
  const refuse = (error: unknown): void => session.refuse(error);
  const opening = opened.subscribe({
    next: (found) =>
      callGuarded(refuse, () => {
        if (connection.hasEnded) return;
        if (found === undefined) otherwise();
        else serveFeed(session, found.core);
      }),
    error: refuse,
  });
  session.addTeardown(opening);
}

/** Starts a run with a stream of the request's own, and serves it from its start. */
export function startRun(session: Session, runs: Runs, source: Source): void {
  new RunStart(session, runs).serve(unpacedStream(source));
}

/** Until its response has started, an error of a run is an HTTP error; afterwards the route decides what is sent. */
class RunStart {
  readonly #session: Session;
  readonly #runs: Runs;
  #isStarted = false;
  #stream: 'idle' | 'subscribed' | 'notified' | { readonly error: unknown } = 'idle';
  #startNow: (() => void) | undefined;
  /** Called when the stream of a run in a shared log has been subscribed to. */
  #onSubscribed: (() => void) | undefined;

  constructor(session: Session, runs: Runs) {
    this.#session = session;
    this.#runs = runs;
  }

  serve(stream: Observable<unknown>): void {
    const { route, context, requestedCursor, startOptions } = this.#session;
    const source = new Observable((subscriber) => {
      this.#stream = 'subscribed';
      const notify = (): void => this.#onNotified();
      const notifying =
        route.settings.maxHeadDelay === 0 ? stream : stream.pipe(tap({ next: notify, complete: notify }));
      notifying.pipe(catchError((error) => this.#onError(error))).subscribe(subscriber);
      this.#onSubscribed?.();
    });
    const onError = (error: unknown): void => {
      if (this.#failure?.error !== error) this.#session.handleError(error);
    };
    let onOver = (): void => {};
    const over = new Promise<void>((resolve) => {
      onOver = resolve;
    });
    const parts = { owner: route.ownerOf(context), stream: source, abort: this.#session, onError, onOver };
    // The run of the cursor is unknown: the reader gets the gap and the end.
    const isEmpty = requestedCursor !== undefined && startOptions.gapPolicy === 'end';
    const run = this.#runs.create(parts, isEmpty);
    // From here on the stream may outlive its reader.
    this.#session.detach();
    if (!isEmpty) this.#passToHost(over);
    if (run.shared !== undefined) this.#serveShared(run, run.shared);
    else
      serveFeed(
        this.#session,
        run.core,
        (start) => this.#scheduleStart(run, start),
        isEmpty ? undefined : this.#headersOf,
      );
  }

  /** Passes to the host of the program the promise that it has to wait for. */
  #passToHost(over: Promise<void>): void {
    const { connection, route, context } = this.#session;
    const { waitUntil } = route.resume;
    if (waitUntil === undefined) return;
    const where = (): string => `resume.waitUntil of sse ${describeRequest(context.request)}`;
    callHook(where, () => runIn(connection.scope, () => waitUntil(over, context)));
  }

  /** Returns the header that says where the stream can be read again. */
  readonly #headersOf = (epoch: string): ResponseHeaders | undefined => {
    const { route, context } = this.#session;
    const { location } = route.resume;
    if (location === undefined) return undefined;
    return { Location: checkSynchronous('sse: resume.location', location(context, cursorOf(epoch, 0))) };
  };

  get #failure(): { readonly error: unknown } | undefined {
    return typeof this.#stream === 'object' ? this.#stream : undefined;
  }

  /** Serves a run whose log other processes read, when they can find it and this one has the claim. */
  #serveShared(run: Run, shared: SharedRun): void {
    const session = this.#session;
    const refuse = (error: unknown): void => {
      session.refuse(error);
      this.#runs.remove(run);
    };
    const late = new StorageError('start the stream', `its log did not answer within ${runLease} ms`, checkLog);
    const waiting = asyncScheduler.schedule(() => refuse(late), runLease);
    session.addTeardown(waiting);
    shared.store(run.key).subscribe({
      next: () =>
        callGuarded(refuse, () => {
          if (session.connection.hasEnded) return this.#runs.remove(run);
          serveFeed(
            session,
            run.core,
            (start, position) => this.#awaitStream(run, start, position, waiting),
            this.#headersOf,
          );
        }),
      error: refuse,
    });
  }

  #awaitStream(run: Run, start: () => void, { ends }: StartPosition, waiting: Subscription): void {
    this.#onSubscribed = () => {
      waiting.unsubscribe();
      this.#onSubscribed = undefined;
      this.#scheduleStart(run, start);
    };
    if (ends || this.#stream !== 'idle') this.#onSubscribed();
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
    const retained = run.shared === undefined ? overrunOf(run.core.log) : undefined;
    if (this.#failure === undefined && retained !== undefined) this.#stream = { error: runLogFull(retained) };
    const failure = this.#failure;
    if (failure === undefined) start();
    else this.#session.refuse(failure.error);
    this.#isStarted = true;
    const { connection, route } = this.#session;
    run.isKnown = (route.wire.hasIds || route.resume.location !== undefined) && !connection.hasEnded;
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
