import { asyncScheduler, type Subscription } from 'rxjs';
import { checkNumber, maxTimerDelay } from '../data/check.ts';
import type { RetryRange } from '../error/UnavailableError.ts';
import { full } from '../error/UnavailableError.ts';
import type { Contract } from '../event/events.ts';
import { clock } from '../time/clock.ts';
import type { FeedCore } from './FeedCore.ts';
import { coreOfOptions, type Feed, type FeedOptions, feedOf } from './feed.ts';
import type { ReaderTarget } from './Reader.ts';

/** How many feeds of a family there are, and for how long. @category feed */
export interface FeedsOptions<C extends Contract = Contract> {
  /** Returns the options of the feed of a key, when it is created. @default the default options */
  readonly feed?: (key: string) => FeedOptions<C>;
  /**
   * How long a feed without readers is kept after it was last used (by a reader,
   * a publication or `at`), in milliseconds, ended ones too. 0 forgets it as soon
   * as the loop has a turn, `Infinity` when room is needed.
   *
   * @default 60000
   */
  readonly idleTimeout?: number;
  /** Feeds at once, at most. 1 or more. @default 10000 */
  readonly maxFeeds?: number;
}

/** Where a family keeps what only the library asks for. */
const family: unique symbol = Symbol('rxsse.feeds');

/** A family of feeds of any events. @category feed */
export interface AnyFeeds {
  readonly [family]: Family;
}

/** What the library asks of a family. */
interface Family {
  readonly cores: readonly FeedCore[];
  /** No more readers, and those that it has. */
  shutdown(retry: RetryRange): readonly ReaderTarget[];
}

/** The inside of a family, or `undefined` for what is none. */
export function registryOf(value: unknown): Family | undefined {
  return typeof value === 'object' && value !== null && family in value ? (value as AnyFeeds)[family] : undefined;
}

/** Feeds by key: one a room, a user, a conversation. @category feed */
export interface Feeds<C extends Contract = Contract> extends AnyFeeds {
  readonly contract: C;
  /**
   * The feed of a key, made on first use.
   *
   * @throws UnavailableError when there are `max` of them and all have readers.
   */
  get(key: string): Feed<C>;
  /** How many there are now. */
  readonly size: number;
  /** Closes all of them. Those that are asked for afterwards are made anew. */
  close(): void;
}

interface Member<C extends Contract> {
  readonly key: string;
  readonly core: FeedCore;
  readonly feed: Feed<C>;
  used: number;
}

/**
 * Makes a bounded family of feeds: each is made when its key is first asked for,
 * and forgotten, with its history, when it has had no reader for a while.
 *
 * Where there are `max`, the one that has been unused for longest makes room, but
 * never one that has a reader: then `at` throws, and a route answers as a full
 * server does.
 *
 * @example A feed a room
 * const rooms = feeds(events({ Said: { text: t.string } }), { idleTimeout: 60_000, maxFeeds: 1000 });
 * app.get('/rooms/:room', sse({ params: { room: t.string } }, ({ params }) => rooms.get(params.room)));
 * rooms.get('lobby').publish({ type: 'said', data: { text: 'hello' } });
 *
 * @throws RangeError at once, when `idle` or `max` is out of range.
 * @category feed
 */
export function feeds<C extends Contract>(
  contract: C,
  { feed: optionsOf = () => ({}), idleTimeout = 60_000, maxFeeds = 10_000 }: FeedsOptions<NoInfer<C>> = {},
): Feeds<C> {
  checkNumber('feeds: idleTimeout', idleTimeout, { min: 0, unit: 'ms' });
  checkNumber('feeds: maxFeeds', maxFeeds, { min: 1 });
  const members = new Map<string, Member<C>>();
  /** Those that may be without a reader, longestWait first. One that gets a reader stays until it is looked at. */
  const resting = new Map<string, Member<C>>();
  let timer: Subscription | undefined;
  let draining: RetryRange | undefined;

  return {
    contract,
    [family]: {
      get cores() {
        return [...members.values()].map(({ core }) => core);
      },
      shutdown: (retry) => {
        draining = retry;
        return [...members.values()].flatMap(({ core }) => core.shutdown(retry));
      },
    },
    get: (key) => {
      const known = members.get(key);
      return rest(known === undefined || known.core.isClosed ? make(key) : known).feed;
    },
    get size() {
      return members.size;
    },
    close: () => {
      for (const member of [...members.values()]) forget(member);
    },
  };

  function make(key: string): Member<C> {
    const isFull = (): boolean => !members.has(key) && members.size >= maxFeeds;
    if (isFull()) longestUnused();
    const core = coreOfOptions(contract, optionsOf(key), () => rest(member));
    // Only now: no history is given up for a key that the options refuse.
    while (isFull()) forget(longestUnused());
    const feed: Feed<C> = feedOf(contract, core, () => rest(member));
    const member: Member<C> = { key, core, feed, used: 0 };
    members.set(key, member);
    if (draining !== undefined) core.shutdown(draining);
    return member;
  }

  /** It was used just now: its time without a reader begins anew, if it has none. */
  function rest(member: Member<C>): Member<C> {
    if (members.get(member.key) !== member) return member;
    member.used = clock.now();
    resting.delete(member.key);
    resting.set(member.key, member);
    if (timer === undefined && idleTimeout !== Infinity) arm(idleTimeout);
    return member;
  }

  function arm(wait: number): void {
    timer = asyncScheduler.schedule(sweep, Math.min(Math.ceil(wait), maxTimerDelay));
  }

  /** One timer for the whole family. */
  function sweep(): void {
    timer = undefined;
    for (const [key, member] of resting) {
      const left = member.used + idleTimeout - clock.now();
      if (left > 0) return arm(left);
      // One with readers comes back here when the last of them leaves.
      resting.delete(key);
      if (member.core.readers === 0) forget(member);
    }
  }

  function longestUnused(): Member<C> {
    for (const [key, member] of resting) {
      if (member.core.readers === 0) return member;
      resting.delete(key);
    }
    throw full('feeds', maxFeeds, 'maxFeeds');
  }

  function forget(member: Member<C>): void {
    members.delete(member.key);
    resting.delete(member.key);
    member.core.close();
    if (resting.size > 0) return;
    timer?.unsubscribe();
    timer = undefined;
  }
}
