import { isLeft } from 'fp-ts/lib/Either.js';
import { cursorOf, parseCursor } from '../event/Cursor.ts';
import type { Contract } from '../event/events.ts';
import type { GapReason } from '../event/Gap.ts';
import { gapReason, type StartPosition } from '../feed/startPosition.ts';
import type { LogState } from '../log/EventLog.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { position } from '../wire/reserved.ts';
import type { Asked } from './Asked.ts';
import { attempt, whenResolved } from './callUser.ts';
import type { FeedWriter } from './FeedWriter.ts';
import { begin } from './lifetime.ts';
import { placedOpening } from './preamble.ts';
import type { Snapshot, SnapshotResult } from './ResumeOptions.ts';
import { unplaced } from './unplaced.ts';

/** An epoch that no log has: whoever comes back with it has no place, and is served anew. */
const nowhere = '-';

interface Beginning {
  readonly snapshot: Snapshot<unknown>;
  readonly contract: Contract | undefined;
}

/**
 * Begins with the gap, the events of the snapshot, and only then the position
 * that they stand for: a reader cut in their midst has a position that cannot
 * be served, and so is given them anew.
 */
export function beginWithSnapshot(
  asked: Asked,
  { snapshot, contract }: Beginning,
  writer: FeedWriter,
  place: StartPosition,
  state: LogState,
  begun: () => void,
): void {
  const { route, connection } = asked;
  const reason = place.how as GapReason;
  const refuse = (error: unknown): void => asked.refuse(error);
  attempt(refuse, () => {
    whenResolved(snapshot({ reason, requested: place.requested }), refuse, (given) => {
      if (connection.isClosed) return;
      const { events, cursor } = given as SnapshotResult<unknown>;
      const parsed = parseCursor(cursor);
      if (isLeft(parsed) || gapReason(parsed.right, state) === 'epoch') {
        throw new TypeError('snapshot: expected the cursor of a position in this feed, got none or that of another');
      }
      writer.reader.after = parsed.right.sequence;
      // Where nothing was trimmed yet the place before the first entry would be a good one.
      const epoch = state.floor > 0 ? state.epoch : nowhere;
      const before = placedOpening(route, { ...place, after: 0, resumedFrom: cursor }, epoch);
      // The reader keeps the position before the snapshot until it has all of it.
      const blocks = events.map((event) => unplaced(event, contract)).join('');
      const after = encodeFrame(position(cursorOf(state.epoch, writer.reader.after)));
      begin(asked, before, blocks + after);
      begun();
    });
  });
}
