import { Subscription, type TeardownLogic } from 'rxjs';
import { runIn } from '../data/asyncScope.ts';
import { callHook } from '../data/callUser.ts';
import { hasTag } from '../error/RxsseError.ts';
import { reportError } from '../error/reportError.ts';
import type { StorageError } from '../error/StorageError.ts';
import type { RetryRange, UnavailableError } from '../error/UnavailableError.ts';
import type { Gap } from '../event/Gap.ts';
import type { StartOptions } from '../feed/startPosition.ts';
import { clock } from '../time/clock.ts';
import { Connection } from './Connection.ts';
import { connectionChannels, publishMessage } from './connectionChannels.ts';
import type { LimitRefusal } from './connectionLimit.ts';
import { acceptsGzip } from './gzip/Compression.ts';
import { GzipTransport } from './gzip/GzipTransport.ts';
import { PipelineSession } from './PipelineSession.ts';
import type { ErrorOutcome, Route } from './Route.ts';
import type { CloseReason } from './RouteStats.ts';
import { recordRefusal, refuseError, refuseReader } from './refuse.ts';
import { noInputs, requestedCursor } from './requestInputs.ts';
import type { AnyContext } from './SseContext.ts';
import { SessionContext } from './SseContext.ts';
import type { UntypedOptions } from './SseOptions.ts';
import type { Next, SseRequest } from './SseRequest.ts';
import { describeRequest } from './SseRequest.ts';
import type { Transport } from './Transport.ts';

/** One request to a route, and its context. */
export class Session {
  readonly route: Route;
  readonly request: SseRequest;
  readonly connection: Connection;
  /** Set where the route compresses, and the request accepts it. */
  readonly gzip: GzipTransport | undefined;
  /** The cursor that the reader resumes from, as it sent it. */
  readonly requestedCursor: string | undefined;
  readonly context: AnyContext;
  /** Where the reader starts. */
  startOptions: StartOptions;
  inputs = noInputs;
  state: unknown;
  /** When the response was opened. */
  openedAt: number | undefined;
  /** The last gap that the reader got. */
  lastGap: Gap['data'] | undefined;
  readonly #next: Next | undefined;
  #client: string | undefined;
  #isAdmitted = false;
  #teardown: Subscription | undefined;
  #pipeline: PipelineSession | undefined;
  #abort: AbortController | undefined;
  #isDetached = false;
  #isAborted = false;
  /** The last error of the stream after the first byte. */
  #error: unknown;

  /** @param userRequest what the user's functions get for the request: the server's own object */
  constructor(route: Route, request: SseRequest, transport: Transport, next: Next | undefined, userRequest: unknown) {
    this.route = route;
    this.startOptions = route.startOptions;
    this.request = request;
    this.requestedCursor = requestedCursor(request);
    this.context = new SessionContext(userRequest, this);
    const isCompressed = route.settings.compression !== undefined && acceptsGzip(request);
    this.gzip = isCompressed ? new GzipTransport(transport) : undefined;
    this.connection = new Connection(this.gzip ?? transport, route.stats, route.wire);
    this.#next = next;
    if (this.connection.hasEnded) this.onClosed('refused');
    else this.connection.owner = this;
  }

  /** Counts the connection. Returns why there is no room for it, or `undefined`. */
  admit(): LimitRefusal | undefined {
    const { connectionLimit } = this.route;
    const client = connectionLimit.clientOf(this.context.request);
    const refusal = connectionLimit.enter(client);
    if (refusal !== undefined) return refusal;
    // A connection that was closed before it was counted is not notified of its close any more.
    if (this.connection.hasEnded) connectionLimit.leave(client);
    else {
      this.#isAdmitted = true;
      this.#client = client;
    }
    return undefined;
  }

  /** Answers an error before the first byte. */
  refuse(error: unknown): void {
    const { connection, route } = this;
    if (connection.hasEnded) return;
    if (hasTag<UnavailableError>(error, 'UnavailableError')) return this.refuseForNow(error.reason, error.retryAfter);
    recordRefusal(this, 'error', error);
    // Storage that is full or busy recovers, and a native EventSource that got an error status would not come back.
    if (hasTag<StorageError>(error, 'StorageError')) {
      reportError(`sse ${describeRequest(this.context.request)}`, error);
      return refuseReader(connection, this.request, route, 503);
    }
    if (this.#next === undefined) return refuseError(connection, error, `sse ${describeRequest(this.context.request)}`);
    connection.release();
    this.#next(error);
  }

  /** Refuses the request for a while; the reader reconnects later. */
  refuseForNow(reason: 'shutdown' | LimitRefusal, retryAfter?: RetryRange): void {
    const { route, connection, request } = this;
    recordRefusal(this, reason);
    refuseReader(connection, request, route, reason === 'client' ? 429 : 503, retryAfter);
  }

  /** Events were dropped for a slow reader. */
  onOverflow(events: number): void {
    this.connection.dropped += events;
    this.notify('onOverflow', (onOverflow) => onOverflow(events, this.context));
  }

  /** The reader gets a gap event. */
  onGap(gap: Gap['data']): void {
    this.lastGap = gap;
    this.route.stats.gaps[gap.reason]++;
    if (connectionChannels.gap?.hasSubscribers) publishMessage(connectionChannels.gap, this, gap);
    this.notify('onGap', (onGap) => onGap(gap, this.context));
  }

  /** Calls a hook of the route, if there is one, in the async context of the request. */
  notify<H extends 'onOpen' | 'onClose' | 'onGap' | 'onOverflow'>(
    hook: H,
    call: (hook: NonNullable<UntypedOptions[H]>) => unknown,
  ): void {
    const callback = this.route.options[hook];
    if (callback === undefined) return;
    const where = (): string => `${hook} of sse ${describeRequest(this.context.request)}`;
    callHook(where, () => runIn(this.connection.scope, () => call(callback)));
  }

  /** Returns what the reader gets for an error after the first byte. */
  handleError(error: unknown): ErrorOutcome {
    this.#error = error;
    if (connectionChannels.error?.hasSubscribers) publishMessage(connectionChannels.error, this, { error });
    return runIn(this.connection.scope, () => this.route.outcomeOf(error, this.context));
  }

  /** Reports that the value that `onError` returned cannot be sent. */
  reportOutcome(error: unknown): void {
    reportError(`onError of sse ${describeRequest(this.context.request)}`, error);
  }

  /** The state of a response that `serveStream` serves. */
  get pipeline(): PipelineSession {
    const { route, connection } = this;
    this.#pipeline ??= new PipelineSession(route, connection, this.requestedCursor, this.startOptions, (gap) =>
      this.onGap(gap),
    );
    return this.#pipeline;
  }

  /** True if the stream reads a feed through a pipeline. */
  get readsFeed(): boolean {
    return this.#pipeline?.readsFeed ?? false;
  }

  /**
   * The signal of the stream: the connection's or, for a stream that may become a run, one that `detach` separates
   * from the connection. Created for those who read it.
   */
  get signal(): AbortSignal {
    const { connection } = this;
    if (this.route.runs === undefined) return connection.signal;
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#isAborted || (!this.#isDetached && connection.hasEnded)) this.#abort.abort();
      else if (!this.#isDetached) connection.signal.addEventListener('abort', () => this.#isDetached || this.abort());
    }
    return this.#abort.signal;
  }

  /** Called when the stream has become a run, which may outlive the connection. */
  detach(): void {
    this.#isDetached = true;
  }

  /** Aborts the signal of a stream that may become a run. */
  abort(): void {
    this.#isAborted = true;
    this.#abort?.abort();
  }

  /** Called when the response starts, so that its close is reported to the route's hook. */
  onOpened(): void {
    this.openedAt = clock.now();
    this.route.connections.add(this.connection);
    this.route.stats.opened++;
  }

  /** Unsubscribes a timer when the connection closes. */
  addTeardown(timer: TeardownLogic): void {
    this.#teardown ??= new Subscription();
    this.#teardown.add(timer);
  }

  /** Called once when the response has ended or is cut. */
  onClosed(reason: CloseReason): void {
    const { route, connection, context } = this;
    if (this.#isAdmitted) route.connectionLimit.leave(this.#client);
    connection.timeouts?.stop();
    this.#teardown?.unsubscribe();
    route.connections.delete(connection);
    route.stats.addClosed(reason, connection);
    if (this.openedAt === undefined) return;
    const { written: bytes, events, dropped } = connection;
    const stats = { duration: clock.now() - this.openedAt, bytes, events, dropped, error: this.#error };
    if (connectionChannels.close?.hasSubscribers) publishMessage(connectionChannels.close, this, { reason, ...stats });
    this.notify('onClose', (onClose) => onClose(reason, stats, context));
  }
}
