import type { FeedCore } from '../feed/FeedCore.ts';
import type { StartPosition } from '../feed/startPosition.ts';
import type { LogState } from '../log/EventLog.ts';
import type { Asked } from './Asked.ts';
import { FeedWriter } from './FeedWriter.ts';
import { begin } from './lifetime.ts';
import { placedOpening } from './preamble.ts';
import { beginWithSnapshot } from './snapshot.ts';

/** What decides when a response begins that need not begin at once. */
export interface Beginning {
  /** Of the source while it was being subscribed: before the first byte it is still an HTTP error. */
  failure(): { readonly error: unknown } | undefined;
  /** Calls back when the response is to begin: at once, or a while later. */
  hold(begin: () => void): void;
}

/**
 * Sends a feed: what its reader missed, or word that it cannot have it, and
 * then what comes.
 */
export function serveFeed(asked: Asked, feed: FeedCore, beginning?: Beginning): void {
  const { route, requested } = asked;
  const writer = new FeedWriter(asked, feed);

  let attaching = true;
  let found: { readonly place: StartPosition; readonly state: LogState } | undefined;
  feed.attach(writer.reader, requested, route.startOptions, (place, state) => {
    found = { place, state };
    if (!attaching) open(place, state);
  });
  if (beginning === undefined) attached();
  else beginning.hold(attached);

  function attached(): void {
    attaching = false;
    const failed = beginning?.failure();
    if (failed !== undefined) return asked.refuse(failed.error);
    if (found !== undefined) open(found.place, found.state);
  }

  function open(place: StartPosition, state: LogState): void {
    const { snapshot } = route;
    if (snapshot === undefined || place.how === 'live' || place.how === 'exact') {
      begin(asked, placedOpening(route, place, state.epoch));
      feed.start(writer.reader, place);
      return;
    }
    const contract = route.options.events ?? feed.contract;
    beginWithSnapshot(asked, { snapshot, contract }, writer, place, state, () => feed.start(writer.reader, place));
  }
}
