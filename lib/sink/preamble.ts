import { isRight } from 'fp-ts/lib/Either.js';
import { cursorOf, parseCursor } from '../event/Cursor.ts';
import type { Gap } from '../event/Gap.ts';
import type { StartPosition } from '../feed/startPosition.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { position } from '../wire/reserved.ts';
import { gapBlock } from './gapBlock.ts';
import type { Opening } from './Opening.ts';
import type { Route } from './Route.ts';

/**
 * A stream that cannot be resumed begins with the wait before a reconnect. A
 * reader that comes back to one is told that it missed what there was.
 */
export function plainOpening(route: Route, requested: string | undefined, epoch: () => string): Opening {
  if (requested === undefined) return { headers: route.headers, blocks: route.opening };
  const isCursor = isRight(parseCursor(requested));
  const reason = isCursor ? 'epoch' : 'invalid';
  const missed: Gap['data'] = { reason, requested: isCursor ? requested : null, resumedFrom: cursorOf(epoch(), 0) };
  return {
    headers: { ...route.headers, 'Rxsse-Resume': `gap;reason=${reason}` },
    blocks: route.opening + gapBlock(missed),
    gap: missed,
  };
}

/**
 * A stream that can be resumed begins with a position, so that a reader who
 * left before the first event still comes back to the right place.
 *
 * A reader that misses something begins where it was, and word of the gap takes
 * it on: cut between the two, it comes back and is told, and has not passed the gap unawares.
 */
export function placedOpening(route: Route, place: StartPosition & { resumedFrom?: string }, epoch: string): Opening {
  const { after, how, requested } = place;
  const cursor = cursorOf(epoch, after);
  if (how === 'live' || how === 'exact') {
    const first = encodeFrame(position(cursor, route.limits.retry));
    return { headers: route.headersOf(how), blocks: first };
  }
  // Garbage is not repeated: the reader keeps what it came with.
  const before = encodeFrame(position(requested ?? undefined, route.limits.retry));
  const missed = { reason: how, requested, resumedFrom: place.resumedFrom ?? cursor };
  return {
    headers: { ...route.headers, 'Rxsse-Resume': `gap;reason=${how}` },
    blocks: before + gapBlock(missed, cursor),
    gap: missed,
  };
}
