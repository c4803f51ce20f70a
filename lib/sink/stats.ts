import type { GapReason } from '../event/Gap.ts';
import type { CloseReason } from './CloseReason.ts';

/** Why a request was answered with something other than the stream. @category sink */
export type RefusalReason = 'shutdown' | 'full' | 'client' | 'ended' | 'input' | 'error' | 'head';

/** What the connections of one route came to, those that are over. */
export class RouteStats {
  opened = 0;
  events = 0;
  bytes = 0;
  heartbeats = 0;
  dropped = 0;
  /** Writes to a connection that was over already. */
  unwritten = 0;
  readonly closed: Record<CloseReason, number> = {
    disconnected: 0,
    completed: 0,
    failed: 0,
    timeout: 0,
    stalled: 0,
    overflow: 0,
    'max-age': 0,
    expired: 0,
    shutdown: 0,
    refused: 0,
  };
  readonly refused: Record<RefusalReason, number> = {
    shutdown: 0,
    full: 0,
    client: 0,
    ended: 0,
    input: 0,
    error: 0,
    head: 0,
  };
  readonly gaps: Record<GapReason, number> = { trimmed: 0, epoch: 0, future: 0, invalid: 0, overflow: 0 };
}
