import type { GapReason } from '../event/Gap.ts';
import type { FeedCore } from '../feed/FeedCore.ts';
import { type AnyFeed, coreOf } from '../feed/feed.ts';
import { type AnyFeeds, internalsOf } from '../feed/feeds.ts';
import type { CloseReason } from './CloseReason.ts';
import type { Route } from './Route.ts';
import { type AnyHandler, routeOf } from './sse.ts';
import type { RefusalReason } from './stats.ts';

/** How far readers are behind, in entries. @category sink */
export interface Lag {
  /** Of the one that is furthest behind. */
  readonly max: number;
  /** Of all of them together. */
  readonly total: number;
}

/** What a route has done since it was made, and what it does now. @category sink */
export interface RouteMetrics {
  /** Responses that have begun and are not over. */
  readonly connections: number;
  /** Of them, those whose socket takes no more at the moment. */
  readonly busy: number;
  readonly lag: Lag;
  /** Responses that have begun. */
  readonly opened: number;
  /** Those that are over, by the reason. */
  readonly closed: Readonly<Record<CloseReason, number>>;
  /** Requests that were answered with something other than the stream, by the reason. */
  readonly refused: Readonly<Record<RefusalReason, number>>;
  /** Events that were sent, heartbeats and gaps not counted. */
  readonly events: number;
  /** What was given to sockets: bytes, or characters where it was text. */
  readonly bytes: number;
  readonly heartbeats: number;
  /** Events that were dropped for slow readers, who were told. */
  readonly dropped: number;
  /** What readers were told that they missed, by the reason. */
  readonly gaps: Readonly<Record<GapReason, number>>;
  /** Writes to responses that were over: nothing was sent. */
  readonly unwritten: number;
}

/** What a feed does now. @category sink */
export interface FeedMetrics {
  /** Readers of this process. */
  readonly readers: number;
  readonly lag: Lag;
}

/** What a family of feeds does now. @category sink */
export interface FeedsMetrics extends FeedMetrics {
  readonly feeds: number;
}

/** A route, a feed, or a family of feeds. */
type Measured = AnyHandler | AnyFeed | AnyFeeds;

/** What is told of each. */
type MetricsOf<T extends Measured> = T extends AnyHandler
  ? RouteMetrics
  : T extends AnyFeeds
    ? FeedsMetrics
    : FeedMetrics;

/**
 * Tells, as plain data, what a route, a feed or a family of feeds does.
 *
 * Counting costs nothing that can be measured and is always on. To ask looks at
 * each connection once.
 *
 * @example What a health check answers
 * const route = sse(orders);
 * app.get('/orders', route);
 * app.get('/health', (_request, response) => response.json(metricsOf(route)));
 *
 * @throws TypeError for what is none of them.
 * @category sink
 */
export function metricsOf<T extends Measured>(target: T): MetricsOf<T> {
  const route = routeOf(target);
  if (route !== undefined) return ofRoute(route) as MetricsOf<T>;
  const core = coreOf(target);
  if (core !== undefined) return ofFeeds([core]) as MetricsOf<T>;
  const family = internalsOf(target);
  if (family === undefined) throw new TypeError('metricsOf: expected what sse(), feed() or feeds() returned');
  return { feeds: family.cores.length, ...ofFeeds(family.cores) } as unknown as MetricsOf<T>;
}

function ofRoute({ connections, tally }: Route): RouteMetrics {
  let { events, bytes, heartbeats, dropped } = tally;
  let busy = 0;
  let max = 0;
  let total = 0;
  for (const connection of connections) {
    events += connection.events;
    bytes += connection.written;
    heartbeats += connection.beats;
    dropped += connection.dropped;
    if (connection.isBusy) busy++;
    const { lag } = connection;
    total += lag;
    if (lag > max) max = lag;
  }
  const { opened, unwritten } = tally;
  const reasons = { closed: { ...tally.closed }, refused: { ...tally.refused }, gaps: { ...tally.gaps } };
  const sent = { events, bytes, heartbeats, dropped, unwritten };
  return { connections: connections.size, busy, lag: { max, total }, opened, ...reasons, ...sent };
}

function ofFeeds(cores: readonly FeedCore[]): FeedMetrics {
  const lags = cores.flatMap((core) => core.lags);
  const max = lags.reduce((most, lag) => Math.max(most, lag), 0);
  return { readers: lags.length, lag: { max, total: lags.reduce((sum, lag) => sum + lag, 0) } };
}
