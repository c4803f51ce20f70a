import type { Observable } from 'rxjs';
import { checkSynchronous, isPromise } from '../data/callUser.ts';
import { checkNumber } from '../data/check.ts';
import { kindOf } from '../data/kindOf.ts';
import type { ClosedError } from '../error/ClosedError.ts';
import { hasTag } from '../error/RxsseError.ts';
import { reportError } from '../error/reportError.ts';
import type { RetryRange } from '../error/UnavailableError.ts';
import { checkNames, type FrameRules } from '../event/encodeEvent.ts';
import { type Contract, findDefinition, namesOf } from '../event/events.ts';
import { coreOf } from '../feed/coreOf.ts';
import { Runs } from '../feed/Runs.ts';
import type { From, StartOptions } from '../feed/startPosition.ts';
import { iterableIn } from '../operator/iterableIn.ts';
import { observableIn } from '../operator/observableFrom.ts';
import { pulledIn } from '../source/fromReadable.ts';
import type { Overflow } from './Backlog.ts';
import type { Connection } from './Connection.ts';
import { ConnectionLimit } from './connectionLimit.ts';
import { mergeHeaders } from './mergeHeaders.ts';
import { type ResumeOptions, snapshotNeedsFeed } from './ResumeOptions.ts';
import { dropsUnnoticed, type RouteSettings, routeSettings } from './RouteSettings.ts';
import { RouteStats } from './RouteStats.ts';
import { type InputDecoder, inputDecoder } from './requestInputs.ts';
import type { ServedPath } from './ServedPath.ts';
import { SharedEncodings } from './SharedEncodings.ts';
import type { AnyContext } from './SseContext.ts';
import type { ResponseHeaders, UntypedOptions } from './SseOptions.ts';
import { describeRequest } from './SseRequest.ts';
import { feedHasPositions, Wire } from './Wire.ts';

/** The response to an error: a last value and the end, the end, or a broken connection. */
export type ErrorOutcome = { readonly value: unknown } | 'end' | 'cut';

/** The stream and the options of one `sse`, checked once, and what all its responses share. */
export class Route {
  readonly streamFor: (context: AnyContext) => unknown;
  readonly options: UntypedOptions;
  /** The events that it sends, where they are known beforehand. */
  readonly contract: Contract | undefined;
  readonly decode: InputDecoder;
  /** The methods that are answered where no framework has chosen the route by its method. */
  readonly methods: ReadonlySet<string>;
  /** The paths below which its handler serves; `undefined` where it serves each method at one path. */
  paths: readonly ServedPath[] | undefined;
  readonly headers: ResponseHeaders;
  readonly wire: Wire;
  /** The first frame of a response that cannot be resumed: its `retry`, if the wire has it. */
  readonly preambleFrames: string;
  readonly startOptions: StartOptions;
  /** Decides for each request where a reader without a cursor starts. */
  readonly from: ((context: AnyContext) => From | Promise<From>) | undefined;
  readonly snapshot: ResumeOptions<unknown, AnyContext>['snapshot'];
  /** The options of `resume`, where they are an object. */
  readonly resume: ResumeOptions<unknown, AnyContext>;
  /** The streams of single requests that are retained for their readers; `undefined` for a route without `resume`. */
  readonly runs: Runs | undefined;
  readonly overflow: Overflow<unknown>;
  readonly settings: RouteSettings;
  readonly connectionLimit: ConnectionLimit<unknown>;
  /** The responses that have started and are not closed. */
  readonly connections = new Set<Connection>();
  readonly stats = new RouteStats();
  readonly encodings: SharedEncodings;
  /** Set when the server shuts down: the range of the `retry:` that further readers get. */
  shutdown: RetryRange | undefined;
  readonly #resumeHeaders: Readonly<Record<'live' | 'exact', ResponseHeaders>>;

  constructor(stream: unknown, options: UntypedOptions) {
    const settings = routeSettings(options);
    this.contract = options.events ?? coreOf(stream)?.contract;
    if (typeof stream === 'function') this.streamFor = stream as Route['streamFor'];
    else {
      // What is not a stream is reported where it is mounted, and not to its first reader.
      const feed = coreOf(stream);
      if (feed === undefined) sourceOf(stream);
      else checkFeedEvents(options.events, feed.contract);
      this.streamFor = () => stream;
    }
    this.options = options;
    this.settings = settings;
    this.decode = inputDecoder(options);
    const { methods = options.body === undefined ? ['GET'] : ['GET', 'POST'] } = options;
    this.methods = new Set(['HEAD', ...methods]);
    this.overflow = options.overflow ?? 'disconnect';
    this.connectionLimit = options.connectionLimit ?? new ConnectionLimit({});
    const hasOwnIds = options.resume === 'own-ids';
    this.wire = new Wire(options.wire, hasOwnIds);
    this.encodings = new SharedEncodings(this.wire, settings.maxEventBytes);
    if (options.events !== undefined) checkNames('sse: events', options.events, this.wire.rules);
    this.preambleFrames = this.wire.retry ? `retry: ${settings.retry}\n\n` : '';
    if (hasOwnIds && coreOf(stream) !== undefined) throw new TypeError(feedHasPositions);
    if (hasOwnIds && this.overflow === 'drop-oldest') throw new TypeError(dropsUnnoticed);
    const resume = resumeOptionsOf(options.resume);
    this.resume = resume ?? {};
    const { from, gapPolicy } = this.resume;
    this.from = typeof from === 'function' ? from : undefined;
    this.startOptions = { from: typeof from === 'function' ? undefined : from, gapPolicy };
    this.snapshot = this.resume.snapshot;
    if (this.snapshot && typeof stream !== 'function' && !coreOf(stream)) throw new TypeError(snapshotNeedsFeed);
    const runs = resume && runsOf(resume, options.events, settings.maxEventBytes, this.wire.rules);
    // A feed resumes from its own log.
    this.runs = coreOf(stream) === undefined ? runs : undefined;
    this.headers = headersOf(settings, options.headers);
    this.#resumeHeaders = {
      live: { ...this.headers, 'Rxsse-Resume': 'live' },
      exact: { ...this.headers, 'Rxsse-Resume': 'exact' },
    };
  }

  /** Returns the headers of a response that says how its reader resumes. */
  resumeHeaders(how: 'live' | 'exact'): ResponseHeaders {
    return this.#resumeHeaders[how];
  }

  /** Adds the headers that the option `headers` returns for a request. */
  withOwnHeaders(headers: ResponseHeaders, context: AnyContext): ResponseHeaders {
    const own = this.options.headers;
    return typeof own === 'function' ? mergeHeaders(headers, checkSynchronous('sse: headers', own(context))) : headers;
  }

  /** Returns the owner of a run; the same for all readers where the route names none. */
  ownerOf(context: AnyContext): unknown {
    return checkSynchronous('sse: resume.owner', this.resume.owner?.(context));
  }

  /** Calls `onError` for what the reader gets for an error after the first byte; reports the error where there is none. */
  outcomeOf(error: unknown, context: AnyContext): ErrorOutcome {
    const { onError } = this.options;
    if (onError === undefined) {
      reportErrorOfRoute(error, context);
      return 'cut';
    }
    const where = (): string => `onError of sse ${describeRequest(context.request)}`;
    try {
      const response = onError(error, context) ?? 'cut';
      if (isPromise(response)) {
        reportError(where(), new TypeError('expected a value, "end", "cut" or nothing, got a promise'));
        response.then(undefined, (thrown) => reportError(where(), thrown));
        return 'cut';
      }
      return response === 'cut' || response === 'end' ? response : { value: response };
    } catch (thrown) {
      reportError(where(), thrown);
      return 'cut';
    }
  }
}

/**
 * Checks that a feed which a route mounts has no event that the route does not send: its stored bytes are sent as they are.
 *
 * @throws TypeError that names the event.
 */
export function checkFeedEvents(events: Contract | undefined, contract: Contract | undefined): void {
  if (events === undefined || contract === undefined || events === contract) return;
  const other = namesOf(contract).find((name) => findDefinition(events, name) === undefined);
  if (other === undefined) return;
  throw new TypeError(`sse: the feed has the event ${other}, which events does not have; add it, or leave events out`);
}

function reportErrorOfRoute(error: unknown, context: AnyContext): void {
  // The program itself closed the feed.
  if (hasTag<ClosedError>(error, 'ClosedError') && error.state === 'closed') return;
  reportError(`sse ${describeRequest(context.request)}`, error);
}

function resumeOptionsOf(resume: UntypedOptions['resume']): ResumeOptions<unknown, AnyContext> | undefined {
  if (typeof resume === 'object' && resume !== null) return resume;
  if (resume !== undefined && typeof resume !== 'boolean' && resume !== 'own-ids') {
    throw new TypeError(`sse: resume must be 'own-ids', true, false or an object, got ${kindOf(resume)}`);
  }
  return resume === true ? {} : undefined;
}

function headersOf({ heartbeat, compression }: RouteSettings, own: UntypedOptions['headers']): ResponseHeaders {
  const headers = {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
    ...(heartbeat === Infinity ? {} : { 'Rxsse-Heartbeat': String(heartbeat) }),
    ...(compression === undefined ? {} : { Vary: 'Accept-Encoding' }),
  };
  return own === undefined || typeof own === 'function' ? headers : mergeHeaders(headers, own);
}

function runsOf(
  resume: ResumeOptions<unknown, AnyContext>,
  contract: Contract | undefined,
  maxEventBytes: number,
  rules: FrameRules,
): Runs {
  const { linger = 30_000, maxRuns = 1000, maxRunsPerOwner = 20, log } = resume;
  checkNumber('sse: resume.linger', linger, { min: 0, unit: 'ms' });
  checkNumber('sse: resume.maxRuns', maxRuns, { min: 1 });
  checkNumber('sse: resume.maxRunsPerOwner', maxRunsPerOwner, { min: 1 });
  return new Runs({ contract, log, linger, maxRuns, maxRunsPerOwner, maxEventBytes, rules });
}

/** The form of a stream: an Observable, of this or another library, or an iterable, which the reader paces. */
export type Source = { readonly observable: Observable<unknown> } | { readonly iterable: AsyncIterable<unknown> };

/** Returns what a value streams from. @throws TypeError for a value that is not a stream. */
export function sourceOf(value: unknown): Source {
  const pulled = pulledIn(value);
  if (pulled !== undefined) return { iterable: pulled };
  const observable = observableIn(value);
  if (observable !== undefined) return { observable };
  const iterable = iterableIn(value);
  if (iterable !== undefined) return { iterable };
  throw new TypeError(
    `sse: expected an Observable, an iterable, a feed, or a function that returns one, got ${kindOf(value)}`,
  );
}
