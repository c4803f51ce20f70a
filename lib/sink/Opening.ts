import { cursorOf } from '../event/Cursor.ts';
import type { Gap } from '../event/Gap.ts';
import type { Place } from '../feed/resume.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { gap, position } from '../wire/reserved.ts';
import type { Route } from './Route.ts';

/** How one response begins: its headers and its first blocks, settled before the first byte. */
export interface Opening {
  readonly headers: Readonly<Record<string, string>>;
  readonly blocks: string;
}

/** A stream that cannot be resumed begins with the wait before a reconnect. */
export function plainOpening(route: Route): Opening {
  return { headers: route.headers, blocks: route.opening };
}

/**
 * A stream that can be resumed begins with a position, so that a reader who
 * left before the first event still comes back to the right place; a reader
 * that misses something is told so next, at that place.
 */
export function placedOpening(route: Route, place: Place & { resumedFrom?: string }, epoch: string): Opening {
  const { after, how, requested } = place;
  const cursor = cursorOf(epoch, after);
  const first = encodeFrame(position(cursor, route.retry));
  if (how === 'live' || how === 'exact') {
    return { headers: { ...route.headers, 'Rxsse-Resume': how }, blocks: first };
  }
  return {
    headers: { ...route.headers, 'Rxsse-Resume': `gap;reason=${how}` },
    blocks: first + gapBlock({ reason: how, requested, resumedFrom: place.resumedFrom ?? cursor }, cursor),
  };
}

/** A gap at its place: its id is the position before what follows. */
export function gapBlock(data: Gap['data'], cursor = data.resumedFrom): string {
  return encodeFrame(gap(cursor, JSON.stringify(data)));
}
