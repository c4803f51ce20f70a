import { type Claim, claimBy, claimStateOf, noClaim } from '../Claim.ts';
import type { ClaimState } from '../EventLog.ts';
import { bytesOf, claimKey, jsonOf, type Table } from './layout.ts';
import { hasEnded, type OwnerProcess, thisProcess } from './ownerProcess.ts';

/** A claim, and the process that took it. Its times are those of the monotonic clock of the machine. */
interface StoredClaim extends Claim {
  readonly process?: OwnerProcess;
}

/** Returns the newest claim on a log as it is stored: its process may have ended. */
export function claimIn(table: Table, log: Uint8Array): StoredClaim {
  return (jsonOf(table.get(claimKey(log))) as StoredClaim | undefined) ?? noClaim;
}

/** Claims a log for a holder in this process. */
export function claimLog(table: Table, log: Uint8Array, holder: string, lease: number, now: number): ClaimState {
  const stored = claimIn(table, log);
  // Without waiting for the lease of a process that has ended.
  const isFree = stored.process !== undefined && hasEnded(stored.process);
  const before = isFree ? { ...noClaim, token: stored.token } : stored;
  const claim = claimBy(before, holder, lease, now);
  if (claim !== before) table.put(claimKey(log), bytesOf({ ...claim, process: thisProcess() }));
  return claimStateOf(claim, holder, now);
}
