import { isLeft } from 'fp-ts/lib/Either.js';
import { cursorOf, parseCursor } from '../event/cursor.ts';
import type { GapReason } from '../event/Gap.ts';
import type { FeedCore } from '../feed/FeedCore.ts';
import { gapReason, type SnapshotResult, type StartPosition } from '../feed/startPosition.ts';
import type { LogState } from '../log/EventLog.ts';
import { callGuarded, whenResolved } from './callUser.ts';
import { frameWithoutId } from './EventEncoder.ts';
import { FeedWriter } from './FeedWriter.ts';
import { feedPreamble } from './preamble.ts';
import type { Snapshot } from './ResumeOptions.ts';
import type { Session } from './Session.ts';
import { startResponse } from './startResponse.ts';
import { feedHasPositions } from './Wire.ts';

/**
 * Serves a feed: what the reader missed, or the gap where it cannot have that, and then what is published.
 *
 * @param scheduleStart calls back when the response may start: at once, or later
 */
export function serveFeed(session: Session, feed: FeedCore, scheduleStart = startAtOnce): void {
  const { route } = session;
  if (route.wire.hasOwnIds) throw new TypeError(feedHasPositions);
  const writer = new FeedWriter(session, feed);

  let mayStart = false;
  let start: (() => void) | undefined;
  feed.addReader(writer.reader, session.requestedCursor, session.startOptions, (position, state) => {
    start = () => startFeedResponse(session, feed, writer, position, state);
    if (mayStart) start();
  });
  scheduleStart(() => {
    mayStart = true;
    start?.();
  });
}

function startAtOnce(start: () => void): void {
  start();
}

function startFeedResponse(
  session: Session,
  feed: FeedCore,
  writer: FeedWriter,
  position: StartPosition,
  state: LogState,
): void {
  const { route } = session;
  const { snapshot } = route;
  if (snapshot !== undefined && position.reason !== 'live' && position.reason !== 'exact') {
    return startSnapshotResponse(session, feed, writer, snapshot, position, state);
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

/** An epoch that no log has: a reader that resumes from it gets the snapshot again. */
const unknownEpoch = '-';

/**
 * Starts the response with the gap, the events of the snapshot, and only then their position: a reader that disconnects between them
 * has a position that cannot be served, and gets them again.
 */
function startSnapshotResponse(
  session: Session,
  feed: FeedCore,
  writer: FeedWriter,
  snapshot: Snapshot<unknown>,
  position: StartPosition,
  state: LogState,
): void {
  const { route, connection } = session;
  const contract = route.options.events ?? feed.contract;
  const reason = position.reason as GapReason;
  const refuse = (error: unknown): void => session.refuse(error);
  callGuarded(refuse, () => {
    whenResolved(snapshot({ reason, requested: position.requestedCursor }), refuse, (result) => {
      if (connection.hasEnded) return;
      const { events, cursor } = result as SnapshotResult<unknown>;
      const parsed = parseCursor(cursor);
      if (isLeft(parsed) || ['epoch', 'future'].includes(gapReason(parsed.right, state) ?? '')) {
        throw new TypeError('sse: the snapshot must return the cursor of a position in this feed');
      }
      const { reader } = writer;
      reader.afterSequence = parsed.right.sequence;
      // Sequence 0 must not be resumable. While nothing is trimmed it would be, so another epoch is used then.
      const epoch = state.floor > 0 ? state.epoch : unknownEpoch;
      const preamble = feedPreamble(route, { ...position, afterSequence: 0, resumedFrom: cursor }, epoch);
      const frames = events.map((event) => frameWithoutId(event, contract, route.wire)).join('');
      const positionAfter = route.wire.position(cursorOf(state.epoch, reader.afterSequence));
      startResponse(session, preamble, frames + positionAfter);
      feed.startWriting(reader, position);
    });
  });
}
