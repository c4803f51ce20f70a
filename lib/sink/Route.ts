import { checkNumber } from '../data/check.ts';
import type { RetryRange } from '../error/UnavailableError.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { coreOf } from '../feed/feed.ts';
import { Runs } from '../feed/runs.ts';
import type { StartOptions } from '../feed/startPosition.ts';
import { memoryLog } from '../log/memoryLog.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { retry } from '../wire/Frame.ts';
import type { AnyContext, AnyOptions } from './AnyOptions.ts';
import { type Beats, beatsEvery } from './beats.ts';
import type { CloseReason } from './CloseReason.ts';
import { isPromise } from './callUser.ts';
import { ConnectionLimit } from './connectionLimit.ts';
import { contain } from './contain.ts';
import { Encodings } from './Encodings.ts';
import type { Admitted, Keeper, Kept } from './Kept.ts';
import { type Limits, limitsOf } from './Limits.ts';
import type { Overflow } from './overflow.ts';
import type { ResumeOptions, Snapshot } from './ResumeOptions.ts';
import { type DecodeInputs, inputDecoder } from './requestInputs.ts';
import { sourceOf } from './sourceOf.ts';
import { type Stalls, stallsAfter } from './stalls.ts';
import { RouteStats } from './stats.ts';

/** What the reader gets of an error: a last value and the end, the end, or a broken connection. */
export type LastWord = { readonly value: unknown } | 'end' | 'cut';

/** What `sse` was given, checked once, and what every response of it has in common. */
export class Route implements Keeper {
  readonly stream: (context: AnyContext) => unknown;
  readonly options: AnyOptions;
  readonly decode: DecodeInputs;
  readonly headers: Readonly<Record<string, string>>;
  /** The first block of every response. */
  readonly opening: string;
  readonly startOptions: StartOptions;
  readonly snapshot: Snapshot<unknown> | undefined;
  /** Remembers per-request streams, where the route asked for that. */
  readonly runs: Runs | undefined;
  readonly overflow: Overflow<unknown>;
  readonly limits: Limits;
  readonly admission: ConnectionLimit<unknown>;
  /** The responses that have begun and are not over. */
  readonly connections = new Set<Kept>();
  readonly tally = new RouteStats();
  readonly encodings = new Encodings();
  /** No more readers are taken, and those who come are asked to wait so long. */
  draining: RetryRange | undefined;
  readonly #resuming: Readonly<Record<'live' | 'exact', Readonly<Record<string, string>>>>;

  constructor(stream: unknown, options: AnyOptions) {
    const limits = limitsOf(options);
    if (typeof stream === 'function') this.stream = stream as Route['stream'];
    else {
      // A stream that is none is told where it is mounted, and not to its first reader.
      if (coreOf(stream) === undefined) sourceOf(stream);
      this.stream = () => stream;
    }
    this.options = options;
    this.limits = limits;
    this.decode = inputDecoder(options);
    this.overflow = options.overflow ?? 'disconnect';
    this.admission = options.connectionLimit ?? new ConnectionLimit({});
    this.opening = encodeFrame(retry(limits.retry));
    const resume = options.resume === true ? {} : options.resume || undefined;
    const { from, gapPolicy } = resume ?? {};
    this.startOptions = { from, gapPolicy: typeof gapPolicy === 'function' ? undefined : gapPolicy };
    this.snapshot = typeof gapPolicy === 'function' ? gapPolicy : undefined;
    const runs = resume && runsOf(resume, options.events, limits.maxEventBytes);
    // A feed resumes by itself.
    this.runs = coreOf(stream) === undefined ? runs : undefined;
    this.headers = {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
      ...(limits.heartbeat === Infinity ? {} : { 'Rxsse-Liveness': String(limits.heartbeat) }),
    };
    this.#resuming = {
      live: { ...this.headers, 'Rxsse-Resume': 'live' },
      exact: { ...this.headers, 'Rxsse-Resume': 'exact' },
    };
  }

  /** Those of a response that says how its reader resumes. */
  headersOf(how: 'live' | 'exact'): Readonly<Record<string, string>> {
    return this.#resuming[how];
  }

  /** Whose run it is; the same for all where the route does not say. */
  ownerOf(context: AnyContext): unknown {
    const { resume } = this.options;
    return typeof resume === 'object' ? resume.owner?.(context) : undefined;
  }

  /** What the route says of an error after the first byte. A callback that throws is contained: it cuts. */
  farewell(error: unknown, context: AnyContext): LastWord {
    try {
      const said = this.options.onError?.(error, context) ?? 'cut';
      // A promise is no last word, and what it rejects with is contained like what a callback throws.
      if (isPromise(said)) {
        said.then(undefined, () => {});
        return 'cut';
      }
      return said === 'cut' || said === 'end' ? said : { value: said };
    } catch {
      return 'cut';
    }
  }

  dropped(events: number, { connection, context }: { connection: Kept; context: AnyContext }): void {
    connection.dropped += events;
    contain(() => this.options.onOverflow?.(events, context));
  }

  /** A reader was told that something is missing. */
  missed(gap: Gap['data'], context: AnyContext): void {
    this.tally.gaps[gap.reason]++;
    contain(() => this.options.onGap?.(gap, context));
  }

  over(connection: Admitted, reason: CloseReason): void {
    if (connection.isAdmitted) this.admission.leave(connection.client);
    const { tally } = this;
    this.connections.delete(connection);
    tally.closed[reason]++;
    tally.events += connection.events;
    tally.bytes += connection.written;
    tally.heartbeats += connection.beats;
    tally.dropped += connection.dropped;
  }

  late(): void {
    this.tally.unwritten++;
  }

  get beats(): Beats | undefined {
    return beatsEvery(this.limits.heartbeat);
  }

  get stalls(): Stalls | undefined {
    return stallsAfter(this.limits.stallTimeout);
  }
}

function runsOf(
  resume: ResumeOptions<unknown, AnyContext>,
  contract: Contract | undefined,
  maxEventBytes: number,
): Runs {
  const { linger = 30_000, maxRuns = 1000, log = () => memoryLog({ maxBytes: 1024 * 1024 }) } = resume;
  checkNumber('sse: resume.linger', linger, { min: 0, unit: 'ms' });
  checkNumber('sse: resume.maxRuns', maxRuns, { min: 1 });
  return new Runs({ contract, log, linger, maxRuns, maxEventBytes });
}
