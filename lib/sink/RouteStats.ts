import type { Subject } from 'rxjs';
import type { GapReason } from '../event/Gap.ts';

const noCloses = {
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

/**
 * Why a connection was closed.
 *
 * `disconnected`: the client closed it, or it broke · `completed`: the stream completed, and the end was sent ·
 * `failed`: the stream failed, or the log cannot be read · `timeout`: the stream exceeded a limit of the option `timeout` · `stalled`: the socket took nothing for `stallTimeout` · `overflow`: the reader was too slow for a stream
 * without a log · `max-age`, `expired`: `maxAge` and `expiresAt` · `shutdown`: the server shuts down · `refused`: the
 * request was answered with something other than the stream.
 *
 * @category sink
 */
export type CloseReason = keyof typeof noCloses;

const noRefusals = { shutdown: 0, full: 0, client: 0, ended: 0, input: 0, error: 0, head: 0 };

/**
 * Why a request was answered with something other than the stream.
 *
 * `shutdown`: the server shuts down · `full`, `client`: a bound of `connectionLimit`, of all connections or of one
 * client's · `ended`: the reader has all of a stream that ended · `input`: query, params or body do not decode, or the method or the origin is not allowed ·
 * `error`: the stream failed before the first byte · `head`: a HEAD request.
 *
 * @category sink
 */
export type RefusalReason = keyof typeof noRefusals;

/** The totals of one closed connection. @category sink */
export interface CloseStats {
  /** Milliseconds from the first byte to the close. */
  readonly duration: number;
  /** The size of everything written to the socket, in bytes, or in characters where it was text. */
  readonly bytes: number;
  /** Events of the stream that were sent, without gaps and heartbeats. */
  readonly events: number;
  /** Events that were dropped for a slow reader, which got a gap for them. */
  readonly dropped: number;
  /** The error for which the connection was closed; `undefined` where there was none. */
  readonly error: unknown;
}

/** The totals of a route: of its closed connections, and of what its readers were refused or missed. */
export class RouteStats {
  opened = 0;
  events = 0;
  bytes = 0;
  heartbeats = 0;
  dropped = 0;
  /** Writes to connections that were closed already. */
  unwritten = 0;
  /** Gets all that is written to the connections; set while an inspector reads them. */
  tap: Subject<Uint8Array | string> | undefined;
  readonly closed: Record<CloseReason, number> = { ...noCloses };
  readonly refused: Record<RefusalReason, number> = { ...noRefusals };
  readonly gaps: Record<GapReason, number> = { trimmed: 0, epoch: 0, future: 0, invalid: 0, overflow: 0 };

  /** Adds the totals of a closed connection. */
  addClosed(reason: CloseReason, { events, written, heartbeats, dropped }: ConnectionTotals): void {
    this.closed[reason]++;
    this.events += events;
    this.bytes += written;
    this.heartbeats += heartbeats;
    this.dropped += dropped;
  }
}

interface ConnectionTotals {
  readonly events: number;
  readonly written: number;
  readonly heartbeats: number;
  readonly dropped: number;
}
