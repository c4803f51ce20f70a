import { noop } from 'rxjs';
import { checkBytes, checkFunction, checkNumber, checkOneOf } from '../data/check.ts';
import { reportError } from '../error/reportError.ts';
import type { Contract, EventOf } from '../event/events.ts';
import { namesOf } from '../event/events.ts';
import type { EventLog } from '../log/EventLog.ts';
import { memoryLog } from '../log/memoryLog.ts';
import type { BackoffOptions } from '../time/backoff.ts';
import { checkContract, checkFeedOptions, leaseOf } from './checkFeedOptions.ts';
import { FeedCore } from './FeedCore.ts';
import type { FeedSource } from './FeedSource.ts';
import { type FeedMessage, feedChannels } from './feedChannels.ts';

/** The options of a feed. @category feed */
export interface FeedOptions<C extends Contract> {
  /**
   * Where its events come from, beside what is published. A function creates the source for each attempt and gets the
   * cursor after which it continues; it may return an iterable, such as a generator, whose `return` is called on
   * unsubscription. A bad event is reported and dropped, see `onInvalidEvent`; completion ends the feed.
   *
   * @default none: only what is published
   */
  readonly source?: FeedSource<EventOf<C>>;
  /** Stores the events. @default memoryLog() */
  readonly log?: EventLog;
  /**
   * Whether the source runs in one process at a time, of all that share the log: the process claims the log, renews its
   * claim, and writes with its token. The others wait, and read what it appends; one of them takes over as soon as the
   * claim is given up, or when it has expired. `false` subscribes to the source in each process, for sources that
   * share their events among processes by themselves.
   *
   * A source that is subscribed to again in another process continues after `lastCursor`, if it is a function.
   *
   * `lease` is how long a claim lasts that is not renewed, in milliseconds, and so how long no process produces after one
   * was killed, was cut off from the log, or stood still. It is renewed after a third of this. Above 0, at most
   * 2147483647; 10000 by default.
   *
   * @default true where the log is `shared`, as an `lmdbLog` is; false for a `memoryLog`
   */
  readonly claim?: boolean | { readonly lease?: number };
  /** When the source is subscribed. @default 'first-reader' */
  readonly start?: 'first-reader' | 'now';
  /**
   * How long the source stays subscribed after the last reader has left, in milliseconds; 0 unsubscribes in the same
   * turn, `Infinity` never before its end.
   *
   * @default Infinity
   */
  readonly linger?: number;
  /** Whether a source that fails is subscribed again, and after which waits; without it, the failure ends the feed. @default false */
  readonly restart?: boolean | BackoffOptions;
  /**
   * The largest event, in bytes of its encoded data. Publishing a larger one fails with a `LimitError`. 1 or more;
   * `Infinity` is no bound.
   *
   * @default 1048576, 1 MiB, which is what readers accept by default
   */
  readonly maxEventBytes?: number;
  /** The most readers at once in this process; further readers get 503 (a retry stream for EventSource). 1 or more. @default 50000 */
  readonly maxReaders?: number;
  /**
   * The most reads of the log at once, for readers that need what is not in memory any more. Further readers wait. 1 or
   * more. A log in memory needs none.
   *
   * @default 64
   */
  readonly maxConcurrentReads?: number;
  /**
   * Returns true for the last event of the feed: once it is stored, the source is unsubscribed from and every reader
   * gets the end, so that a job or an answer ends itself. Events that are published after it fail with a `ClosedError`
   * (`receive` answers 409); those of the same array are stored with it.
   *
   * @default absent: the feed ends with its source, or by `end`
   */
  readonly endsWith?: (event: EventOf<C>) => boolean;
  /**
   * Decides what happens to an event of the source that does not match the contract, or is too large. `'drop'` reports
   * it and continues with the next one: readers get no gap, since it had no position. `'fail'` treats it as a failure
   * of the source, which `restart` may start again, and which ends the feed otherwise.
   *
   * @default 'drop'
   */
  readonly onInvalidEvent?: 'drop' | 'fail';
  /**
   * Called for bad events and failures of the source, for failures of the log, and for a `publish` or `end` that fails
   * and is neither awaited nor subscribed to with an error callback.
   *
   * @default the error is reported: printed once on `console.error`, see `setErrorReporter`
   */
  readonly onError?: (error: unknown) => void;
}

/** Creates the core of a feed, of a family where it has a key; `onIdle` is called when its last reader has left, or its source has stopped. */
export function coreOfOptions<C extends Contract>(
  contract: C,
  options: FeedOptions<C>,
  onIdle: () => void,
  key?: string,
): FeedCore {
  checkContract('feed', contract);
  checkFeedOptions(options);
  const { source, log = memoryLog(), start = 'first-reader', linger = Infinity, restart = false } = options;
  const {
    maxEventBytes = 1024 * 1024,
    maxReaders = 50_000,
    maxConcurrentReads = 64,
    onInvalidEvent = 'drop',
  } = options;
  checkNumber('feed: linger', linger, { min: 0, unit: 'ms' });
  checkBytes('feed: maxEventBytes', maxEventBytes);
  const bounds = { maxReaders, maxConcurrentReads };
  for (const [name, bound] of Object.entries(bounds)) checkNumber(`feed: ${name}`, bound, { min: 1 });
  if (options.endsWith !== undefined) checkFunction('feed: endsWith', options.endsWith);
  checkOneOf('feed: onInvalidEvent', onInvalidEvent, ['drop', 'fail']);
  const names = Object.freeze({ feed: namesOf(contract).slice(0, 3).join(', '), key });
  return new FeedCore({
    contract,
    log,
    source,
    start,
    linger,
    restart,
    lease: leaseOf(options, log),
    maxEventBytes,
    ...bounds,
    onInvalidEvent,
    endsWith: options.endsWith as ((event: unknown) => boolean) | undefined,
    names,
    onError: reporting(names, options.onError),
    onStop: start === 'now' ? onIdle : noop,
    onIdle,
  });
}

/** Returns a callback that never throws: what the user's callback throws, or all errors without one, are reported. */
function reporting(names: FeedMessage, onError: FeedOptions<Contract>['onError']): (error: unknown) => void {
  const where = `feed of ${names.feed}`;
  const channel = feedChannels.error;
  return (error) => {
    if (channel?.hasSubscribers) channel.publish(Object.freeze({ ...names, error }));
    if (onError === undefined) return reportError(where, error);
    try {
      onError(error);
    } catch (thrown) {
      reportError(`onError of the ${where}`, thrown);
    }
  };
}
