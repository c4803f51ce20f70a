import { type Claim, noClaim } from '../Claim.ts';
import { bytesOf, claimKey, jsonOf, type Table } from './layout.ts';
import { hasEnded, type OwnerProcess } from './ownerProcess.ts';

/** A claim, and the process that took it. Its times are those of the monotonic clock of the machine. */
interface StoredClaim extends Claim {
  readonly process?: OwnerProcess;
}

/** Returns the newest claim on a log as it is stored: its process may have ended. */
export function claimIn(table: Table, log: Uint8Array): StoredClaim {
  return (jsonOf(table.get(claimKey(log))) as StoredClaim | undefined) ?? noClaim;
}

/** Returns a claim, or the free one after it where its process has ended, so that its lease is not waited for. */
export function withoutEndedProcess(claim: StoredClaim): StoredClaim {
  return claim.process !== undefined && hasEnded(claim.process) ? { ...noClaim, token: claim.token } : claim;
}

export function putClaim(table: Table, log: Uint8Array, claim: StoredClaim): void {
  table.put(claimKey(log), bytesOf(claim));
}
