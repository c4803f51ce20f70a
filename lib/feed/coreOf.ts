import type { FeedCore } from './FeedCore.ts';

/** The key under which a feed holds its core; only the library uses it. */
export const core: unique symbol = Symbol.for('rxsse.feed') as never;

/** A feed of any events. @category feed */
export interface AnyFeed {
  readonly [core]: FeedCore | CoreFor;
}

/**
 * Returns the core of a feed; for use, a new one where its own was removed while nothing used it.
 *
 * @throws UnavailableError where there is no room for a new one.
 */
export type CoreFor = (isForUse: boolean) => FeedCore;

/** Returns the core of a feed, or `undefined` for any other value. */
export function coreOf(value: unknown, isForUse = false): FeedCore | undefined {
  if (typeof value !== 'object' || value === null || !(core in value)) return undefined;
  const made = (value as AnyFeed)[core];
  return typeof made === 'function' ? made(isForUse) : made;
}
