import { checkNumber, maxTimerDelay } from '../data/check.ts';
import { FencedError } from '../error/FencedError.ts';
import type { ClaimState } from './EventLog.ts';

/** The claim on a log, as it is stored: who holds it, and from when to when by a clock of the log. */
export interface Claim {
  /** `undefined` when it was given up, or never taken. */
  readonly holder: string | undefined;
  readonly token: number;
  /** When it was taken or renewed, and when it expires, in ms. */
  readonly since: number;
  readonly until: number;
}

/** The claim on a log that was never claimed. */
export const noClaim: Claim = { holder: undefined, token: 0, since: 0, until: 0 };

/** Checks a lease. @throws TypeError or RangeError for one that is no time. */
export function checkLease(lease: number): void {
  checkNumber('claim: lease', lease, { min: 0, max: maxTimerDelay, unit: 'ms' });
}

/**
 * Returns the claim after a holder has claimed: another one where it takes, renews or gives it up, and the same object
 * where it may not.
 */
export function claimBy(claim: Claim, holder: string, lease: number, now: number): Claim {
  const isOwn = claim.holder === holder;
  if (lease === 0) return isOwn ? { ...noClaim, token: claim.token } : claim;
  if (isOwn) return { ...claim, since: now, until: now + lease };
  if (remainingOf(claim, now) > 0) return claim;
  return { holder, token: claim.token + 1, since: now, until: now + lease };
}

/** Returns the answer that a holder gets. */
export function claimStateOf(claim: Claim, holder: string, now: number): ClaimState {
  return { held: claim.holder === holder, token: claim.token, remaining: remainingOf(claim, now) };
}

/** Returns the error of a write with a token that is not that of the newest claim. */
export function fenceError(token: number, claim: Claim): FencedError | undefined {
  return token === claim.token ? undefined : new FencedError(token, claim.token);
}

/** A claim that was taken later than now belongs to a clock that has started again since, and has expired with it. */
function remainingOf({ holder, since, until }: Claim, now: number): number {
  return holder === undefined || now < since ? 0 : Math.max(until - now, 0);
}
