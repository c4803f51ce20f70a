import { catchError, EMPTY, firstValueFrom, noop, throwError } from 'rxjs';
import { isLogEnded } from '../error/isLogEnded.ts';
import { freshEpoch } from '../event/cursor.ts';
import { runLease } from '../feed/RunLogs.ts';
import type { ClaimableLog } from '../feed/whileClaimed.ts';
import type { EventLog } from '../log/EventLog.ts';

/**
 * Returns whether a process has the claim on a log that has not ended. A log that none has is ended as failed: its process
 * has ended before.
 *
 * @param isStored false for a log of which nothing is stored any more, and of which nothing is to be stored
 */
export async function isWritten(log: ClaimableLog, isStored: boolean): Promise<boolean> {
  const holder = freshEpoch();
  const claim = log.claim(holder, runLease).pipe(
    // It has ended since it was read.
    catchError((error) => (isLogEnded(error) ? EMPTY : throwError(() => error))),
  );
  const state = await firstValueFrom(claim, { defaultValue: undefined });
  if (state === undefined || !state.held) return state !== undefined;
  if (isStored) await firstValueFrom(log.end('failed', { token: state.token }));
  else log.claim(holder, 0).subscribe({ error: noop });
  return false;
}

/** Returns true for a log that other processes can claim. */
export function isClaimable(log: EventLog): log is ClaimableLog {
  return !log.inMemory && log.claim !== undefined;
}
