import type { FeedCore } from '../feed/FeedCore.ts';
import type { Place } from '../feed/resume.ts';
import type { LogState } from '../log/EventLog.ts';
import { FeedWriter } from './FeedWriter.ts';
import { begin } from './lifetime.ts';
import { placedOpening } from './Opening.ts';
import type { Asked } from './serveStream.ts';
import { beginWithSnapshot } from './snapshot.ts';

/**
 * Sends a feed: what its reader missed, or word that it cannot have it, and
 * then what comes.
 *
 * @param failure of the source of a run while it is being subscribed: before the
 *   first byte it is still an HTTP error.
 */
export function serveFeed(asked: Asked, feed: FeedCore, failure?: () => { readonly error: unknown } | undefined): void {
  const { route, connection, context, visit, refuse } = asked;
  const writer = new FeedWriter(connection, feed, (error) => {
    if (connection.isWaiting) return refuse(error);
    route.farewell(error, context);
    connection.cut('failed');
  });

  let attaching = true;
  let found: { readonly place: Place; readonly state: LogState } | undefined;
  feed.attach(writer, visit.requested, route.placement, (place, state) => {
    found = { place, state };
    if (!attaching) open(place, state);
  });
  attaching = false;
  const failed = failure?.();
  if (failed !== undefined) return refuse(failed.error);
  if (found !== undefined) open(found.place, found.state);

  function open(place: Place, state: LogState): void {
    const { snapshot } = route;
    if (snapshot === undefined || place.how === 'live' || place.how === 'exact') {
      begin(asked, placedOpening(route, place, state.epoch));
      feed.begun(writer, place);
      return;
    }
    const contract = route.options.events ?? feed.contract;
    beginWithSnapshot({ ...asked, snapshot, contract }, writer, place, state, () => feed.begun(writer, place));
  }
}
