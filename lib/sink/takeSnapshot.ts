import { isLeft } from 'fp-ts/lib/Either.js';
import { runIn } from '../data/asyncScope.ts';
import { cursorOf, type Position, parseCursor } from '../event/cursor.ts';
import type { FeedCore } from '../feed/FeedCore.ts';
import type { Reader } from '../feed/Reader.ts';
import { gapReason, type SnapshotResult } from '../feed/startPosition.ts';
import type { LogState } from '../log/EventLog.ts';
import { callGuarded, whenResolved } from './callUser.ts';
import { frameWithoutId } from './EventEncoder.ts';
import type { Snapshot } from './ResumeOptions.ts';
import type { Session } from './Session.ts';

/** A snapshot for one reader, encoded. */
interface TakenSnapshot {
  readonly cursor: string;
  /** The sequence that it includes. */
  readonly afterSequence: number;
  /** The position of the gap before it, which cannot be served: a reader that is cut within gets a snapshot again. */
  readonly before: Position;
  /** The events, and then their position. */
  readonly frames: string;
  /** True where entries after it were removed meanwhile. */
  readonly isTrimmed: boolean;
}

/** An epoch that no log has: a reader that resumes from it gets the snapshot again. */
const unknownEpoch = '-';

/**
 * Requests the snapshot of a route for a reader that misses something. What fails is passed to the writer of the
 * connection, which refuses the request before the head and asks the route afterwards.
 */
export function takeSnapshot(
  session: Session,
  feed: FeedCore,
  reader: Reader,
  gap: Parameters<Snapshot<unknown>>[0],
  use: (taken: TakenSnapshot) => void,
): void {
  const { connection, route } = session;
  const fail = (error: unknown): void => {
    if (!connection.hasEnded) reader.target.fail(error);
  };
  const encode = (result: unknown, state: LogState): TakenSnapshot => {
    const { events, cursor } = result as SnapshotResult<unknown>;
    const { sequence, isTrimmed } = positionOf(cursor, state);
    const contract = route.options.events ?? feed.contract;
    const frames = events.map((event) => frameWithoutId(event, contract, route.wire)).join('');
    return {
      cursor,
      afterSequence: sequence,
      // Sequence 0 must not be resumable. While nothing is trimmed it would be, so another epoch is used then.
      before: { epoch: state.floor > 0 ? state.epoch : unknownEpoch, sequence: 0 },
      frames: frames + route.wire.position(cursorOf(state.epoch, sequence)),
      isTrimmed,
    };
  };
  callGuarded(fail, () => {
    const called = runIn(connection.scope, () => route.snapshot?.(gap));
    whenResolved(called, fail, (result) => {
      // Read afterwards, since the snapshot may include what was published while it was taken.
      if (!connection.hasEnded) feed.readState(reader, (state) => use(encode(result, state)));
    });
  });
}

function positionOf(cursor: unknown, state: LogState): { readonly sequence: number; readonly isTrimmed: boolean } {
  const parsed = typeof cursor === 'string' ? parseCursor(cursor) : undefined;
  const position = parsed === undefined || isLeft(parsed) ? undefined : parsed.right;
  const reason = position && gapReason(position, state);
  if (position === undefined || reason === 'epoch') {
    throw new TypeError('sse: the snapshot must return the cursor of a position in this feed');
  }
  if (reason === 'future') {
    throw new RangeError(
      'sse: the cursor of the snapshot is beyond the last event of the feed; return that of the last event it includes',
    );
  }
  return { sequence: position.sequence, isTrimmed: reason === 'trimmed' };
}
