import { cursorOf } from '../event/cursor.ts';
import type { GapReason } from '../event/Gap.ts';
import type { FeedCore } from '../feed/FeedCore.ts';
import type { StartPosition } from '../feed/startPosition.ts';
import type { LogState } from '../log/EventLog.ts';
import { callGuarded } from './callUser.ts';
import { frameWithoutId } from './EventEncoder.ts';
import { FeedWriter } from './FeedWriter.ts';
import { feedPreamble, refuseFailed } from './preamble.ts';
import type { Session } from './Session.ts';
import { startResponse } from './startResponse.ts';
import { takeSnapshot } from './takeSnapshot.ts';
import { feedHasPositions } from './Wire.ts';

/**
 * Serves a feed: what the reader missed, or the gap where it cannot have that, and then what is published.
 *
 * @param scheduleStart called when the start position is known and, where the log is in memory, the source subscribed;
 * calls back when the response may start: at once, or later
 */
export function serveFeed(
  session: Session,
  feed: FeedCore,
  scheduleStart: (start: () => void, position: StartPosition) => void = startAtOnce,
): void {
  const { route } = session;
  if (route.wire.hasOwnIds) throw new TypeError(feedHasPositions);
  const writer = new FeedWriter(session, feed);

  let isAdded = false;
  let schedule: (() => void) | undefined;
  feed.addReader(writer.reader, session.requestedCursor, session.startOptions, (position, state) => {
    const start = (): void => openFeedResponse(session, feed, writer, position, state);
    schedule = () => scheduleStart(start, position);
    if (isAdded) schedule();
  });
  isAdded = true;
  schedule?.();
}

function startAtOnce(start: () => void): void {
  start();
}

function openFeedResponse(
  session: Session,
  feed: FeedCore,
  writer: FeedWriter,
  position: StartPosition,
  state: LogState,
): void {
  const { route } = session;
  const { reason } = position;
  if (refuseFailed(session.connection, route, position, state)) return;
  if (route.snapshot !== undefined && reason !== 'live' && reason !== 'exact') {
    return startSnapshotResponse(session, feed, writer, { ...position, reason });
  }
  callGuarded(
    (error) => session.refuse(error),
    () => {
      const frames = snapshotFrames(session, feed, position, state);
      startResponse(session, feedPreamble(route, position, state.epoch), frames);
    },
  );
  feed.startWriting(writer.reader, position);
}

/** Returns the events of the snapshot that a new reader starts with, and then their position. */
function snapshotFrames({ route }: Session, feed: FeedCore, position: StartPosition, state: LogState): string {
  if (position.snapshot === undefined) return '';
  const contract = route.options.events ?? feed.contract;
  const frames = position.snapshot.map((event) => frameWithoutId(event, contract, route.wire)).join('');
  return frames + route.wire.position(cursorOf(state.epoch, position.afterSequence));
}

/**
 * Starts the response with the gap, the events of the snapshot, and only then their position: a reader that disconnects between them
 * has a position that cannot be served, and gets them again.
 */
function startSnapshotResponse(
  session: Session,
  feed: FeedCore,
  writer: FeedWriter,
  position: StartPosition & { readonly reason: GapReason },
): void {
  const { reader } = writer;
  const gap = { reason: position.reason, requested: position.requestedCursor };
  takeSnapshot(session, feed, reader, gap, ({ cursor, before, afterSequence, frames }) => {
    reader.afterSequence = afterSequence;
    const start = { ...position, afterSequence: before.sequence, resumedFrom: cursor };
    startResponse(session, feedPreamble(session.route, start, before.epoch), frames);
    feed.startWriting(reader, position);
  });
}
