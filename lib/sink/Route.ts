import type { RetryRange } from '../error/DrainingError.ts';
import type { Contract } from '../event/events.ts';
import type { Shape } from '../event/Shape.ts';
import { coreOf } from '../feed/feed.ts';
import type { Placement } from '../feed/resume.ts';
import { Runs } from '../feed/runs.ts';
import { memoryLog } from '../log/memoryLog.ts';
import { checkRetry } from '../wire/checkField.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { retry } from '../wire/Frame.ts';
import type { BacklogLimits } from './Backlog.ts';
import { type Beats, beatsEvery } from './beats.ts';
import type { CloseReason } from './CloseReason.ts';
import type { Counters } from './Counters.ts';
import { contain } from './contain.ts';
import { type DecodeInputs, inputDecoder } from './inputs.ts';
import type { Overflow } from './overflow.ts';
import type { ResumeOptions, Snapshot } from './ResumeOptions.ts';
import type { SseContext } from './SseOptions.ts';
import { sourceOf } from './sourceOf.ts';
import { type Stalls, stallsAfter } from './stalls.ts';
import { isPromise } from './whenGiven.ts';

/** A context whose types only the caller of `sse` knows. */
export type AnyContext = SseContext<unknown, unknown, unknown, unknown, unknown>;

/** The options of `sse` without the types that tie them to each other. */
export interface AnyOptions {
  readonly events?: Contract;
  readonly query?: Shape;
  readonly params?: Shape;
  readonly body?: Shape;
  readonly state?: (request: unknown) => unknown;
  readonly heartbeat?: number;
  readonly retry?: number;
  readonly onError?: (error: unknown, context: AnyContext) => unknown;
  readonly resume?: true | ResumeOptions<unknown, AnyContext>;
  readonly overflow?: Overflow<unknown>;
  readonly queue?: Partial<BacklogLimits>;
  readonly stall?: number;
  readonly maxAge?: number;
  readonly expiresAt?: (context: AnyContext) => Date | undefined;
  readonly onOpen?: (context: AnyContext) => void;
  readonly onClose?: (reason: CloseReason, counters: Counters, context: AnyContext) => void;
  readonly onOverflow?: (dropped: number, context: AnyContext) => void;
}

/** A connection, to a shutdown. */
export interface Draining {
  drain(last: string, gone: () => void): void;
}

/** What the reader gets of an error: a last value and the end, the end, or a broken connection. */
export type LastWord = { readonly value: unknown } | 'end' | 'cut';

/** What `sse` was given, checked once, and what every response of it has in common. */
export class Route {
  readonly stream: (context: AnyContext) => unknown;
  readonly options: AnyOptions;
  readonly decode: DecodeInputs;
  readonly headers: Readonly<Record<string, string>>;
  /** The first block of every response. */
  readonly opening: string;
  /** The wait before a reconnect, in ms. */
  readonly retry: number;
  readonly placement: Placement;
  readonly snapshot: Snapshot<unknown> | undefined;
  /** Remembers per-request streams, where the route asked for that. */
  readonly runs: Runs | undefined;
  readonly overflow: Overflow<unknown>;
  readonly queue: BacklogLimits;
  readonly maxAge: number;
  /** The responses that have begun and are not over. */
  readonly connections = new Set<Draining>();
  /** No more readers are taken, and those who come are asked to wait so long. */
  draining: RetryRange | undefined;
  readonly #heartbeat: number;
  readonly #stall: number;

  constructor(stream: unknown, options: AnyOptions) {
    const {
      heartbeat = 15_000,
      retry: wait = 3000,
      stall = 30_000,
      maxAge = Infinity,
      overflow = 'disconnect',
    } = options;
    if (!(stall > 0)) throw new RangeError(`sse: stall must be above 0 ms (Infinity waits for ever), got ${stall}`);
    if (!(maxAge > 0)) throw new RangeError(`sse: maxAge must be above 0 ms (Infinity is no age), got ${maxAge}`);
    if (!(heartbeat > 0)) {
      throw new RangeError(`sse: heartbeat must be above 0 ms (Infinity sends none), got ${heartbeat}`);
    }
    checkRetry('sse: retry', wait);
    if (typeof stream === 'function') this.stream = stream as Route['stream'];
    else {
      // A stream that is none is told where it is mounted, and not to its first reader.
      if (coreOf(stream) === undefined) sourceOf(stream);
      this.stream = () => stream;
    }
    this.options = options;
    this.decode = inputDecoder(options);
    this.#heartbeat = heartbeat;
    this.#stall = stall;
    this.maxAge = maxAge;
    this.overflow = overflow;
    this.queue = queueOf(options.queue ?? {});
    this.retry = wait;
    this.opening = encodeFrame(retry(wait));
    const resume = options.resume === true ? {} : options.resume;
    const { from, missed } = resume ?? {};
    this.placement = { from, missed: typeof missed === 'function' ? undefined : missed };
    this.snapshot = typeof missed === 'function' ? missed : undefined;
    this.runs = resume && runsOf(resume, options.events);
    this.headers = {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
      ...(heartbeat === Infinity ? {} : { 'Rxsse-Liveness': String(heartbeat) }),
    };
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

  dropped(events: number, context: AnyContext): void {
    contain(() => this.options.onOverflow?.(events, context));
  }

  get beats(): Beats | undefined {
    return beatsEvery(this.#heartbeat);
  }

  get stalls(): Stalls | undefined {
    return stallsAfter(this.#stall);
  }
}

function runsOf(resume: ResumeOptions<unknown, AnyContext>, contract: Contract | undefined): Runs {
  const { grace = 30_000, max = 1000, log = () => memoryLog({ bytes: 1024 * 1024 }) } = resume;
  if (!(grace >= 0)) throw new RangeError(`sse: resume.grace must be 0 ms or more, got ${grace}`);
  if (!(max >= 1)) throw new RangeError(`sse: resume.max must be at least 1, got ${max}`);
  return new Runs({ contract, log, grace, max });
}

function queueOf({ bytes = 1024 * 1024, events = 10_000 }: Partial<BacklogLimits>): BacklogLimits {
  if (!(bytes >= 1)) throw new RangeError(`sse: queue.bytes must be at least 1, got ${bytes}`);
  if (!(events >= 1)) throw new RangeError(`sse: queue.events must be at least 1, got ${events}`);
  return { bytes, events };
}
