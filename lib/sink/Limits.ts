import { maxTimerDelay } from '../time/clock.ts';
import { checkRetry } from '../wire/checkField.ts';
import type { AnyOptions } from './AnyOptions.ts';
import type { BacklogLimits } from './Backlog.ts';
import type { TimeoutLimits } from './Timeouts.ts';

/** Every bound of a route, with its default filled in. Times in ms. */
export interface Limits {
  readonly heartbeat: number;
  readonly retry: number;
  readonly stallTimeout: number;
  readonly maxAge: number;
  readonly maxHeadDelay: number;
  readonly maxEventBytes: number;
  readonly queue: BacklogLimits;
  /** None where no timeout is asked for. */
  readonly timeout: TimeoutLimits | undefined;
}

/**
 * Checks the bounds that `sse` was given.
 *
 * @throws RangeError for one that is out of range.
 */
export function limitsOf(options: AnyOptions): Limits {
  const heartbeat = options.heartbeat === false ? Infinity : (options.heartbeat ?? 15_000);
  const { retry = 3000, stallTimeout: stall = 30_000, maxAge = Infinity } = options;
  const { maxHeadDelay: headWait = 0, maxEventBytes = 1024 * 1024, timeout, queue = {} } = options;
  if (!(heartbeat > 0)) {
    throw new RangeError(`sse: heartbeat must be above 0 ms (Infinity sends none), got ${heartbeat}`);
  }
  if (!(stall > 0)) throw new RangeError(`sse: stall must be above 0 ms (Infinity waits for ever), got ${stall}`);
  if (!(maxAge > 0)) throw new RangeError(`sse: maxAge must be above 0 ms (Infinity is no age), got ${maxAge}`);
  if (!(headWait >= 0 && headWait <= maxTimerDelay)) {
    throw new RangeError(`sse: headWait must be from 0 to ${maxTimerDelay} ms, got ${headWait}`);
  }
  atLeastOne('maxEventBytes', maxEventBytes);
  checkRetry('sse: retry', retry);
  const { maxBytes: bytes = 1024 * 1024, maxEvents: events = 10_000 } = queue;
  atLeastOne('queue.bytes', bytes);
  atLeastOne('queue.events', events);
  return {
    heartbeat,
    retry,
    stallTimeout: stall,
    maxAge,
    maxHeadDelay: headWait,
    maxEventBytes,
    queue: { maxBytes: bytes, maxEvents: events },
    timeout: timeout && timeoutOf(timeout),
  };
}

function timeoutOf({ first = Infinity, idle = Infinity, total = Infinity }: Partial<TimeoutLimits>): TimeoutLimits {
  for (const [name, limit] of Object.entries({ first, idle, total })) {
    if (!(limit > 0)) throw new RangeError(`sse: timeout.${name} must be above 0 ms (Infinity is none), got ${limit}`);
  }
  return { first, idle, total };
}

function atLeastOne(name: string, limit: number): void {
  if (!(limit >= 1)) throw new RangeError(`sse: ${name} must be at least 1, got ${limit}`);
}
