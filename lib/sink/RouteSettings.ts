import { checkBytes, checkDuration, checkNumber, maxTimerDelay } from '../data/check.ts';
import { checkRetry } from '../wire/checkField.ts';
import type { QueueOptions } from './Backlog.ts';
import { Compression } from './gzip/Compression.ts';
import type { UntypedOptions } from './SseOptions.ts';
import type { TimeoutOptions } from './Timeouts.ts';

/** Why a route that numbers its events itself cannot drop any. */
export const dropsUnnoticed =
  "sse: overflow 'drop-oldest' needs positions of the route for its gap, and resume: 'own-ids' has none; use 'disconnect', after which the reader resumes";

/** The bounds and waits of a route, with every default filled in. Times are in milliseconds. */
export interface RouteSettings {
  readonly heartbeat: number;
  readonly retry: number;
  readonly stallTimeout: number;
  readonly maxAge: number;
  readonly maxHeadDelay: number;
  readonly maxEventBytes: number;
  readonly queue: Required<QueueOptions>;
  /** `undefined` for a route without timeouts. */
  readonly timeout: Required<TimeoutOptions> | undefined;
  /** `undefined` for a route that does not compress. */
  readonly compression: Compression | undefined;
}

/**
 * Fills in and checks the bounds and waits of a route.
 *
 * @throws RangeError for one that is out of range.
 */
export function routeSettings(options: UntypedOptions): RouteSettings {
  const { heartbeat: interval = 15_000 } = options;
  const heartbeat = interval === false ? Infinity : interval;
  const { retry = 3000, stallTimeout = 30_000, maxAge = Infinity } = options;
  const { maxHeadDelay = 0, maxEventBytes = 1024 * 1024, timeout, queue = {}, compression = false } = options;
  checkDuration('sse: heartbeat', heartbeat, 'use heartbeat: false to send none');
  checkDuration('sse: stallTimeout', stallTimeout, 'use Infinity to wait while the socket is connected');
  checkDuration('sse: maxAge', maxAge);
  checkNumber('sse: maxHeadDelay', maxHeadDelay, { min: 0, max: maxTimerDelay, unit: 'ms' });
  checkBytes('sse: maxEventBytes', maxEventBytes);
  checkRetry('sse: retry', retry);
  const { maxBytes = 16 * 1024 * 1024, maxEvents = Infinity } = queue;
  checkBytes('sse: queue.maxBytes', maxBytes);
  checkNumber('sse: queue.maxEvents', maxEvents, { min: 1 });
  return {
    heartbeat,
    retry,
    stallTimeout,
    maxAge,
    maxHeadDelay,
    maxEventBytes,
    queue: { maxBytes, maxEvents },
    timeout: timeout && timeoutsOf(timeout),
    compression: compression === false ? undefined : new Compression(compression === true ? {} : compression),
  };
}

function timeoutsOf({ first = Infinity, idle = Infinity, total = Infinity }: TimeoutOptions): Required<TimeoutOptions> {
  for (const [name, limit] of Object.entries({ first, idle, total })) checkDuration(`sse: timeout.${name}`, limit);
  return { first, idle, total };
}
