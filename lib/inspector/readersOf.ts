import { isRight } from 'fp-ts/lib/Either.js';
import { parseCursor } from '../event/cursor.ts';
import type { Connection } from '../sink/Connection.ts';
import { numberOf } from '../sink/connectionChannels.ts';
import { Session } from '../sink/Session.ts';
import { describeRequest } from '../sink/SseRequest.ts';
import { clock } from '../time/clock.ts';
import type { FamilyLane } from './FamilyLane.ts';
import type { FeedLane } from './FeedLane.ts';
import type { ReaderData } from './Inspection.ts';
import type { RouteLane } from './RouteLane.ts';

/** The most readers that are listed: those that are furthest behind, and then those that came first. */
const maxReaders = 100;

/** After how many ms a full socket counts as stalled. */
const stalledAfter = 5000;

export type LabelOf = (request: never) => string;

interface ReadersOptions {
  readonly feeds: readonly (FeedLane | FamilyLane)[];
  readonly routes: readonly RouteLane[];
  readonly label: LabelOf | undefined;
  readonly slow: ReadonlySet<number>;
  readonly now: number;
}

/** Returns the readers of some routes. */
export function readersOf(options: ReadersOptions): ReaderData[] {
  const behind: [Connection, RouteLane][] = [];
  const others: [Connection, RouteLane][] = [];
  for (const lane of options.routes) {
    for (const connection of lane.route.connections) {
      const isBehind = connection.state === 'busy' || (connection.writer?.lag ?? 0) > 0;
      const list = isBehind ? behind : others;
      if (list.length < maxReaders) list.push([connection, lane]);
    }
  }
  return [...behind, ...others].slice(0, maxReaders).flatMap(([connection, lane]) => {
    const { owner } = connection;
    return owner instanceof Session ? [readerOf(connection, owner, lane, options)] : [];
  });
}

/** Returns the connection of a number. */
export function connectionOf(routes: readonly RouteLane[], id: number): Connection | undefined {
  return routes.flatMap(({ route }) => [...route.connections]).find((connection) => numberOf(connection) === id);
}

function readerOf(
  connection: Connection,
  session: Session,
  { id: lane }: RouteLane,
  { feeds, label, slow, now }: ReadersOptions,
): ReaderData {
  const { writer, written: bytes, events } = connection;
  const id = numberOf(connection);
  const cursor = writer?.cursor ?? null;
  const at = parseCursor(cursor ?? '');
  const position = isRight(at) ? at.right : undefined;
  const feed = position && firstOf(feeds, (lane) => lane.ofEpoch(position.epoch));
  const lag =
    feed === undefined || position === undefined ? (writer?.lag ?? 0) : Math.max(0, feed.tail - position.sequence);
  const { request } = session.context;
  return {
    id,
    lane,
    label: labelOf(label, request),
    since: now - (clock.now() - (session.openedAt ?? clock.now())),
    state: readerState(connection, slow.has(id)),
    cursor,
    requested: session.requestedCursor?.slice(0, 60) ?? null,
    got: gotBy(session),
    lag,
    lagMs: lag === 0 || position === undefined ? 0 : (feed?.ageAfter(position.sequence, now) ?? 0),
    buffered: bufferedOf(request),
    bytes,
    events,
  };
}

function labelOf(label: LabelOf | undefined, request: unknown): string {
  try {
    return (label?.(request as never) ?? describeRequest(request)).slice(0, 100);
  } catch {
    return describeRequest(request);
  }
}

function readerState(connection: Connection, isSlow: boolean): ReaderData['state'] {
  if (connection.checkSocket() === 'busy')
    return clock.now() - connection.busySince > stalledAfter ? 'stalled' : 'busy';
  return isSlow ? 'slow' : 'open';
}

/** Says how a reader started, or what it missed last. */
function gotBy({ lastGap, requestedCursor }: Session): string {
  if (lastGap !== undefined) return `gap: ${lastGap.reason}`;
  return requestedCursor === undefined ? 'start' : 'resumed';
}

/** Returns the first result that is not `undefined`. */
function firstOf<T, U>(values: readonly T[], find: (value: T) => U | undefined): U | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns how many bytes wait in the socket of a request of Node. */
function bufferedOf(request: unknown): number {
  const { socket, stream } = (request ?? {}) as Readonly<
    Record<'socket' | 'stream', { writableLength?: unknown } | undefined>
  >;
  const { writableLength } = stream ?? socket ?? {};
  return typeof writableLength === 'number' ? writableLength : 0;
}
