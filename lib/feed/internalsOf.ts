import type { RetryRange } from '../error/UnavailableError.ts';
import type { FeedCore } from './FeedCore.ts';
import type { ReaderTarget } from './Reader.ts';

/** The key under which a family holds what the library uses. */
export const internals: unique symbol = Symbol.for('rxsse.feeds') as never;

/** A family of feeds of any events. @category feed */
export interface AnyFeeds {
  readonly [internals]: FeedsInternals;
}

/** The parts of a registry of feeds that the rest of the library uses. */
interface FeedsInternals {
  readonly cores: readonly FeedCore[];
  /** Returns the core of a key, and creates none. */
  find(key: string): FeedCore | undefined;
  /** Rejects further readers and returns the targets of the present ones. */
  shutdown(retry: RetryRange): readonly ReaderTarget[];
}

/** Returns the internals of a family, or `undefined` for any other value. */
export function internalsOf(value: unknown): FeedsInternals | undefined {
  return typeof value === 'object' && value !== null && internals in value ? (value as AnyFeeds)[internals] : undefined;
}
