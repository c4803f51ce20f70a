import { isRight } from 'fp-ts/lib/Either.js';
import { cursorOf, parseCursor } from '../event/cursor.ts';
import type { Gap } from '../event/Gap.ts';
import { isServed, type StartPosition } from '../feed/startPosition.ts';
import { unservableIn } from '../feed/takeSnapshot.ts';
import type { LogState } from '../log/EventLog.ts';
import type { Connection } from './Connection.ts';
import type { Route } from './Route.ts';
import type { ResponseHeaders } from './SseOptions.ts';

/** The headers and the first frames of a response, decided before the first byte. */
export interface Preamble {
  readonly headers: ResponseHeaders;
  readonly frames: string;
  /** The gap that is among the frames. */
  readonly gap?: Gap['data'];
}

/**
 * Returns the preamble of a stream that cannot be resumed: the wait before a reconnect, and for a reader that comes
 * back the gap, since it has missed everything.
 */
export function streamPreamble(route: Route, requested: string | undefined, epoch: () => string): Preamble {
  const { wire } = route;
  if (requested === undefined || wire.hasOwnIds) return { headers: route.headers, frames: route.preambleFrames };
  const isCursor = isRight(parseCursor(requested));
  const reason = isCursor ? 'epoch' : 'invalid';
  const gap: Gap['data'] = { reason, requested: isCursor ? requested : null, resumedFrom: cursorOf(epoch(), 0) };
  return { headers: gapHeaders(route, reason), frames: route.preambleFrames + wire.gap(gap), gap };
}

/**
 * Returns the preamble of a stream that can be resumed. It starts with a position, so that a reader that disconnects
 * before the first event still resumes from there.
 *
 * A reader that misses something first gets the position it had, and the gap moves it on: if it disconnects between the
 * two, it gets the gap again and does not pass it unnoticed.
 */
export function feedPreamble(route: Route, start: StartPosition, state: LogState): Preamble {
  const { afterSequence, reason, requestedCursor: requested, snapshot } = start;
  const { wire, settings } = route;
  const cursor = cursorOf(state.epoch, afterSequence);
  if (isServed(reason)) {
    // A snapshot is followed by its position, so a reader that disconnects within it has none and gets it again.
    const frames = snapshot === undefined ? wire.preamble(cursor, settings.retry) : route.preambleFrames;
    return { headers: route.resumeHeaders(reason), frames };
  }
  // Text that is not a cursor is not sent back: the reader keeps what it has.
  const before = wire.preamble(requested ?? undefined, settings.retry);
  const gap = { reason, requested, resumedFrom: cursor };
  const { epoch, sequence } =
    snapshot === undefined ? { epoch: state.epoch, sequence: afterSequence } : unservableIn(state);
  return { headers: gapHeaders(route, reason), frames: before + wire.gap(gap, cursorOf(epoch, sequence)), gap };
}

/**
 * Returns the preamble of a merge of feeds: the position before everything, and the gaps of single feeds follow it as
 * entries.
 */
export function mergedPreamble(route: Route, cursor: string, reason: StartPosition['reason']): Preamble {
  const headers = isServed(reason) ? route.resumeHeaders(reason) : gapHeaders(route, reason);
  return { headers, frames: route.wire.preamble(cursor, route.settings.retry) };
}

/**
 * Answers a reader that has all of a stream which failed, where the wire cannot say so: it would be cut, come back, and be
 * cut again. Returns true if it was answered.
 */
export function refuseFailed(
  connection: Connection,
  { wire, stats }: Pick<Route, 'wire' | 'stats'>,
  { reason, afterSequence }: StartPosition,
  { ended, tail }: LogState,
): boolean {
  if (ended !== 'failed' || wire.announcesEnd || reason !== 'exact' || afterSequence < tail) return false;
  stats.refused.ended++;
  connection.reply(410, { 'Rxsse-Resume': 'ended', 'Cache-Control': 'no-store' });
  return true;
}

function gapHeaders(route: Route, reason: string): ResponseHeaders {
  return { ...route.headers, 'Rxsse-Resume': `gap;reason=${reason}` };
}
