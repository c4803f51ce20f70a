import { checkDelay, checkOneOf } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { checkNames } from '../event/encodeEvent.ts';
import { isContract } from '../event/events.ts';
import type { EventLog } from '../log/EventLog.ts';
import { type BackoffOptions, backoffKinds, checkBackoff } from '../time/backoff.ts';

/** In milliseconds. */
const defaultLease = 10_000;

const feedKinds: Readonly<Record<string, string>> = {
  source: 'object or function',
  log: 'object',
  claim: 'boolean or object',
  start: '',
  linger: '',
  restart: 'boolean or object',
  maxEventBytes: '',
  maxReaders: '',
  maxConcurrentReads: '',
  endsWith: '',
  onInvalidEvent: '',
  onError: 'function',
};

/**
 * Checks that a feed can store and send the events of a contract.
 *
 * @throws TypeError for a value that is not a contract, and for one with a name that can only be read.
 */
export function checkContract(caller: string, contract: unknown): void {
  if (!isContract(contract)) throw new TypeError(`${caller}: expected a contract made by events({ ... })`);
  checkNames(`${caller}: the contract`, contract);
}

/**
 * Checks the names of the options of a feed, and the values that are no bounds and no waits.
 *
 * @throws TypeError for an option of another name or with a value of a wrong type.
 */
export function checkFeedOptions(options: {
  readonly log?: EventLog;
  readonly start?: string;
  readonly restart?: boolean | BackoffOptions;
}): void {
  checkOptions('feed', options, feedKinds);
  const { log, start = 'now', restart } = options;
  checkOneOf('feed: start', start, ['first-reader', 'now']);
  if (log !== undefined && typeof log.append !== 'function') {
    throw new TypeError('feed: log must be an event log, memoryLog() for example, got object');
  }
  if (typeof restart === 'object') checkRestart(restart);
}

/**
 * Returns the lease under which a feed claims its log; `undefined` where it does not.
 *
 * @throws TypeError for a claim without a source, or on a log that cannot be claimed.
 */
export function leaseOf(
  options: { readonly source?: unknown; readonly claim?: boolean | { readonly lease?: number } },
  log: EventLog,
): number | undefined {
  const { source, claim = source !== undefined && log.shared === true } = options;
  if (claim === false) return undefined;
  if (source === undefined) throw new TypeError('feed: claim needs a source, which then runs in one process at a time');
  if (log.claim === undefined) {
    throw new TypeError('feed: claim needs a log that can be claimed, such as lmdbLog(); this one has no method claim');
  }
  if (claim === true) return defaultLease;
  checkOptions('feed: claim', claim, { lease: '' });
  const { lease = defaultLease } = claim;
  checkDelay('feed: claim.lease', lease);
  return lease;
}

function checkRestart(restart: BackoffOptions): void {
  checkOptions('feed: restart', restart, backoffKinds);
  const { initialDelay = 1000, maxDelay = 30_000, maxAttempts = Infinity, resetAfter = 60_000 } = restart;
  checkBackoff('feed: restart.', { initialDelay, maxDelay, maxAttempts, resetAfter });
}
