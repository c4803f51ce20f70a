import type { GapReason } from '../event/Gap.ts';
import { type AnyFeed, coreOf } from '../feed/coreOf.ts';
import type { FeedCore } from '../feed/FeedCore.ts';
import { type AnyFeeds, internalsOf } from '../feed/internalsOf.ts';
import { type AnyHandler, routeOf } from './handler.ts';
import type { Route } from './Route.ts';
import type { CloseReason, RefusalReason } from './RouteStats.ts';

/** How far readers are behind, in entries of the log. @category sink */
interface Lag {
  /** The lag of the reader that is furthest behind. */
  readonly max: number;
  /** The sum of the lags of all readers. */
  readonly total: number;
}

/** The present state of a route, and its totals since it was created. @category sink */
export interface RouteMetrics {
  /** Responses that have started and are not closed. */
  readonly connections: number;
  /** How many of them have a full socket. */
  readonly busy: number;
  readonly lag: Lag;
  /** Responses that have started. */
  readonly opened: number;
  /** Closed connections, by reason. */
  readonly closed: Readonly<Record<CloseReason, number>>;
  /** Requests that were answered with something other than the stream, by reason. */
  readonly refused: Readonly<Record<RefusalReason, number>>;
  /** Events that were sent, without heartbeats and gaps. */
  readonly events: number;
  /** The size of everything written to sockets: bytes, or characters where it was text. */
  readonly bytes: number;
  /** Heartbeats that were written. */
  readonly heartbeats: number;
  /** Events that were dropped for slow readers, which got a gap for them. */
  readonly dropped: number;
  /** Gaps that readers got, by reason. */
  readonly gaps: Readonly<Record<GapReason, number>>;
  /** Writes to closed responses: nothing was sent. */
  readonly unwritten: number;
}

/** The present state of a feed. @category sink */
export interface FeedMetrics {
  /** Readers in this process. */
  readonly readers: number;
  readonly lag: Lag;
}

/** The present state of a registry of feeds. @category sink */
interface FeedsMetrics extends FeedMetrics {
  readonly feeds: number;
}

type Measured = AnyHandler | AnyFeed | AnyFeeds;

type MetricsOf<T extends Measured> = T extends AnyHandler
  ? RouteMetrics
  : T extends AnyFeeds
    ? FeedsMetrics
    : FeedMetrics;

/**
 * Returns the metrics of a route, a feed or a registry of feeds as plain data.
 *
 * Counting has no measurable cost and is always on. A call visits each connection once.
 *
 * @example The answer of a health check
 * const route = sse(orders);
 * app.get('/orders', route);
 * app.get('/health', (_request, response) => response.json(metricsOf(route)));
 *
 * @throws TypeError for a target that `sse`, `feed` or `feeds` did not return.
 * @category sink
 */
export function metricsOf<T extends Measured>(target: T): MetricsOf<T> {
  const route = routeOf(target);
  if (route !== undefined) return metricsOfRoute(route) as MetricsOf<T>;
  const core = coreOf(target);
  if (core !== undefined) return metricsOfFeeds([core]) as MetricsOf<T>;
  const registry = internalsOf(target);
  if (registry === undefined) throw new TypeError('metricsOf: expected what sse(), feed() or feeds() returned');
  return { feeds: registry.cores.length, ...metricsOfFeeds(registry.cores) } as unknown as MetricsOf<T>;
}

function metricsOfRoute({ connections, stats }: Route): RouteMetrics {
  let { events, bytes, heartbeats, dropped } = stats;
  let busy = 0;
  let max = 0;
  let total = 0;
  for (const connection of connections) {
    events += connection.events;
    bytes += connection.written;
    heartbeats += connection.heartbeats;
    dropped += connection.dropped;
    if (connection.checkSocket() === 'busy') busy++;
    const lag = connection.writer?.lag ?? 0;
    total += lag;
    if (lag > max) max = lag;
  }
  const { opened, unwritten } = stats;
  const reasons = { closed: { ...stats.closed }, refused: { ...stats.refused }, gaps: { ...stats.gaps } };
  const sent = { events, bytes, heartbeats, dropped, unwritten };
  return { connections: connections.size, busy, lag: { max, total }, opened, ...reasons, ...sent };
}

function metricsOfFeeds(cores: readonly FeedCore[]): FeedMetrics {
  const lags = cores.flatMap((core) => core.lags);
  const max = lags.reduce((most, lag) => Math.max(most, lag), 0);
  return { readers: lags.length, lag: { max, total: lags.reduce((sum, lag) => sum + lag, 0) } };
}
