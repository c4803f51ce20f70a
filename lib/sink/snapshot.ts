import { isLeft } from 'fp-ts/lib/Either.js';
import { cursorOf, parseCursor } from '../event/Cursor.ts';
import type { GapReason } from '../event/Gap.ts';
import { type Place, unserved } from '../feed/resume.ts';
import { draftOf } from '../log/draftOf.ts';
import type { LogState } from '../log/EventLog.ts';
import { encodeFrame, encodeMessage } from '../wire/encodeFrame.ts';
import { position } from '../wire/reserved.ts';
import type { FeedWriter } from './FeedWriter.ts';
import { begin } from './lifetime.ts';
import { placedOpening } from './Opening.ts';
import type { Snapshot, SnapshotResult } from './ResumeOptions.ts';
import type { Route } from './Route.ts';
import type { Asked } from './serveStream.ts';
import { attempt, whenGiven } from './whenGiven.ts';

interface Beginning extends Asked {
  readonly snapshot: Snapshot<unknown>;
}

/**
 * Begins with the gap, the events of the snapshot, and only then the position
 * that they stand for: a reader cut in their midst still has the position
 * before them, and is served anew.
 */
export function beginWithSnapshot(
  { route, connection, context, refuse, snapshot }: Beginning,
  writer: FeedWriter,
  place: Place,
  state: LogState,
  begun: () => void,
): void {
  const reason = place.how as GapReason;
  attempt(refuse, () => {
    whenGiven(snapshot({ reason, requested: place.requested }), refuse, (given) => {
      if (connection.isClosed) return;
      const { events, cursor } = given as SnapshotResult<unknown>;
      const parsed = parseCursor(cursor);
      if (isLeft(parsed) || unserved(parsed.right, state) === 'epoch') {
        throw new TypeError('snapshot: expected the cursor of a position in this feed, got none or that of another');
      }
      writer.after = parsed.right.sequence;
      const before = placedOpening(route, { ...place, after: 0, resumedFrom: cursor }, state.epoch);
      const blocks = events.map((event) => unplaced(event, route)).join('');
      const after = encodeFrame(position(cursorOf(state.epoch, writer.after)));
      begin({ connection, route, context }, before, blocks + after);
      begun();
    });
  });
}

/** An event without a position of its own: the reader keeps the one before the snapshot. */
function unplaced(event: unknown, route: Route): string {
  const draft = draftOf(event, route.options.events);
  return '_tag' in draft ? encodeFrame(draft) : encodeMessage(undefined, draft.event, draft.data);
}
