import { longestWait } from '../clock.ts';
import { checkRetry } from '../wire/checkField.ts';
import type { AnyOptions } from './AnyOptions.ts';
import type { BacklogLimits } from './Backlog.ts';
import type { TimeoutLimits } from './Timeouts.ts';

/** Every bound of a route, with its default filled in. Times in ms. */
export interface Limits {
  readonly heartbeat: number;
  readonly retry: number;
  readonly stall: number;
  readonly maxAge: number;
  readonly headWait: number;
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
  const { heartbeat = 15_000, retry = 3000, stall = 30_000, maxAge = Infinity } = options;
  const { headWait = 0, maxEventBytes = 1024 * 1024, timeout, queue = {} } = options;
  if (!(heartbeat > 0)) {
    throw new RangeError(`sse: heartbeat must be above 0 ms (Infinity sends none), got ${heartbeat}`);
  }
  if (!(stall > 0)) throw new RangeError(`sse: stall must be above 0 ms (Infinity waits for ever), got ${stall}`);
  if (!(maxAge > 0)) throw new RangeError(`sse: maxAge must be above 0 ms (Infinity is no age), got ${maxAge}`);
  if (!(headWait >= 0 && headWait <= longestWait)) {
    throw new RangeError(`sse: headWait must be from 0 to ${longestWait} ms, got ${headWait}`);
  }
  atLeastOne('maxEventBytes', maxEventBytes);
  checkRetry('sse: retry', retry);
  const { bytes = 1024 * 1024, events = 10_000 } = queue;
  atLeastOne('queue.bytes', bytes);
  atLeastOne('queue.events', events);
  return {
    heartbeat,
    retry,
    stall,
    maxAge,
    headWait,
    maxEventBytes,
    queue: { bytes, events },
    timeout: timeout && timeoutOf(timeout),
  };
}

function timeoutOf({ first = Infinity, each = Infinity, all = Infinity }: Partial<TimeoutLimits>): TimeoutLimits {
  for (const [name, limit] of Object.entries({ first, each, all })) {
    if (!(limit > 0)) throw new RangeError(`sse: timeout.${name} must be above 0 ms (Infinity is none), got ${limit}`);
  }
  return { first, each, all };
}

function atLeastOne(name: string, limit: number): void {
  if (!(limit >= 1)) throw new RangeError(`sse: ${name} must be at least 1, got ${limit}`);
}
