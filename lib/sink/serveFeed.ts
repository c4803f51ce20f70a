import type { FeedCore } from '../feed/FeedCore.ts';
import type { Place } from '../feed/resume.ts';
import type { LogState } from '../log/EventLog.ts';
import { FeedWriter } from './FeedWriter.ts';
import { placedOpening } from './Opening.ts';
import type { Asked } from './serveStream.ts';
import { beginWithSnapshot } from './snapshot.ts';

/**
 * Sends a feed: what its reader missed, or word that it cannot have it, and
 * then what comes.
 *
 * @param failures what the source of a run said while it was being subscribed:
 *   before the first byte it is still an HTTP error.
 */
export function serveFeed(asked: Asked, feed: FeedCore, failures: readonly unknown[] = []): void {
  const { route, connection, context, visit, refuse } = asked;
  const writer = new FeedWriter(connection, feed, (error) => {
    if (connection.isWaiting) return refuse(error);
    route.farewell(error, context);
    connection.cut();
  });

  let attaching = true;
  let found: { readonly place: Place; readonly state: LogState } | undefined;
  feed.attach(writer, visit.requested, route.placement, (place, state) => {
    found = { place, state };
    if (!attaching) begin(place, state);
  });
  attaching = false;
  if (failures.length > 0 && connection.isWaiting) return refuse(failures[0]);
  if (found !== undefined) begin(found.place, found.state);

  function begin(place: Place, state: LogState): void {
    const { snapshot } = route;
    if (snapshot === undefined || place.how === 'live' || place.how === 'exact') {
      connection.begin(route, placedOpening(route, place, state.epoch));
      feed.begun(writer, place);
    } else
      beginWithSnapshot({ route, connection, refuse, snapshot }, writer, place, state, () => feed.begun(writer, place));
  }
}
