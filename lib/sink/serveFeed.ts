import { runIn } from '../data/asyncScope.ts';
import { callGuarded } from '../data/callUser.ts';
import { cursorOf } from '../event/cursor.ts';
import type { FeedCore } from '../feed/FeedCore.ts';
import type { StartOptions, StartPosition } from '../feed/startPosition.ts';
import type { LogState } from '../log/EventLog.ts';
import { FeedWriter } from './FeedWriter.ts';
import { mergeHeaders } from './mergeHeaders.ts';
import { feedPreamble, refuseFailed } from './preamble.ts';
import type { Session } from './Session.ts';
import type { ResponseHeaders } from './SseOptions.ts';
import { startResponse } from './startResponse.ts';
import { feedHasPositions } from './Wire.ts';

/**
 * Serves a feed: what the reader missed, or the gap where it cannot have that, and then what is published.
 *
 * @param scheduleStart called when the start position is known and, where the log is in memory, the source subscribed;
 * calls back when the response may start: at once, or later
 * @param headersOf returns headers of this response alone, given the epoch
 */
export function serveFeed(
  session: Session,
  feed: FeedCore,
  scheduleStart: (start: () => void, position: StartPosition) => void = startAtOnce,
  headersOf: (epoch: string) => ResponseHeaders | undefined = noHeaders,
): void {
  const { route } = session;
  if (route.wire.hasOwnIds) throw new TypeError(feedHasPositions);
  const writer = new FeedWriter(session, feed);

  let isAdded = false;
  let schedule: (() => void) | undefined;
  feed.addReader(writer.reader, session.requestedCursor, startOptionsOf(session), (position, state) => {
    const start = (): void => openFeedResponse(session, feed, writer, position, state, headersOf);
    schedule = () => scheduleStart(start, position);
    if (isAdded) schedule();
  });
  isAdded = true;
  schedule?.();
}

/** Returns the start options of a session; its snapshot is taken in the async context of the request. */
function startOptionsOf({ route, connection, context, startOptions }: Session): StartOptions {
  const { snapshot } = route;
  if (snapshot === undefined) return startOptions;
  return { ...startOptions, snapshot: (gap) => runIn(connection.scope, () => snapshot(context, gap)) };
}

function startAtOnce(start: () => void): void {
  start();
}

function noHeaders(): undefined {}

function openFeedResponse(
  session: Session,
  feed: FeedCore,
  writer: FeedWriter,
  position: StartPosition,
  state: LogState,
  headersOf: (epoch: string) => ResponseHeaders | undefined,
): void {
  if (refuseFailed(session.connection, session.route, position, state)) return;
  callGuarded(
    (error) => session.refuse(error),
    () => {
      const { afterSequence, snapshot } = position;
      const frames =
        snapshot === undefined ? '' : writer.snapshotFrames(snapshot, cursorOf(state.epoch, afterSequence));
      const preamble = feedPreamble(session.route, position, state);
      const own = headersOf(state.epoch);
      const headers = own === undefined ? preamble.headers : mergeHeaders(preamble.headers, own);
      startResponse(session, { ...preamble, headers }, frames);
    },
  );
  feed.startWriting(writer.reader, position);
}
