import { defer, identity, map, noop, type Observable, of, shareReplay, tap } from 'rxjs';
import { checkNumber } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import type { RetryRange } from '../error/UnavailableError.ts';
import type { Contract } from '../event/events.ts';
import { Ack } from './Ack.ts';
import { checkContract } from './checkFeedOptions.ts';
import type { FeedCore } from './FeedCore.ts';
import { coreOfOptions, type FeedOptions } from './FeedOptions.ts';
import { FeedRegistry, type Registered } from './FeedRegistry.ts';
import { type Feed, feedOf } from './feed.ts';
import { type AnyFeeds, internals } from './internalsOf.ts';
import { readLog } from './readLog.ts';

/** How many feeds there are, and for how long. @category feed */
export interface FeedsOptions<C extends Contract = Contract> {
  /** Returns the options of the feed of a key, when it is created. @default the default options of `feed` */
  readonly feed?: (key: string) => FeedOptions<C>;
  /**
   * How long a feed without readers is retained after it was last used (by a reader, a publication or `get`), in
   * milliseconds, also after its end. 0 removes it in the next turn of the loop, `Infinity` when room is needed. A feed
   * whose source needs no reader (`start: 'now'`), such as a job, is in use until the source has ended.
   *
   * @default 60000
   */
  readonly idleTimeout?: number;
  /**
   * The most feeds at once; together they hold at most this number times the bytes of their logs. 1 or more; `Infinity`
   * is no bound. @default 10000
   */
  readonly maxFeeds?: number;
}

/** Feeds by key: one for each room, user or conversation. @category feed */
export interface Feeds<C extends Contract = Contract> extends AnyFeeds {
  readonly contract: C;
  /**
   * Returns the feed of a key; it is created on first use.
   *
   * The object stays usable after its feed was removed for being idle: it then uses the feed of the key again, with what its
   * log has stored. After `remove` or `close` the object stays closed.
   *
   * @throws UnavailableError when there are `maxFeeds`, and each has readers or was used within `idleTimeout`.
   */
  get(key: string): Feed<C>;
  /**
   * Returns whether this process retains a feed of the key: since the first `get`, until it was removed, closed or
   * idle for `idleTimeout`. It creates none, and does not look into a durable log; `find` does.
   */
  has(key: string): boolean;
  /**
   * Emits the feed of a key if this process retains one or its log has an entry, which another process may have stored, or
   * this program before a restart; `undefined` for any other key, of which nothing is created or stored. A route answers
   * those with a 404. A feed that has ended is found as long as its log has an entry.
   *
   * It errors with a `StorageError` where the log cannot be read, and with an `UnavailableError` as `get` does.
   *
   * @example Answer an unknown job with a 404
   * const jobs = feeds(Orders, { feed: (id) => ({ log: lmdbLog({ path: './data', name: `jobs:${id}` }) }) });
   * const route = sse({ params: { id: t.string } }, async ({ params }) => {
   *   const job = await jobs.find(params.id);
   *   if (job === undefined) throw Object.assign(new Error('no such job'), { status: 404 });
   *   return job;
   * });
   */
  find(key: string): Ack<Feed<C> | undefined>;
  /** Returns the keys of the feeds that this process retains. */
  keys(): readonly string[];
  /**
   * Closes the feed of a key, and returns whether there was one. Its readers are cut as by an error, and come back to a
   * new feed, unless the route answers with a 404. Its log is closed: what a `memoryLog` holds is gone, and what an
   * `lmdbLog` has stored remains, and is read by the next feed of the key. To tell the readers that nothing follows,
   * end the feed first.
   */
  remove(key: string): boolean;
  /** How many feeds there are now. */
  readonly size: number;
  /** Closes all feeds. A key that is used afterwards gets a new feed. */
  close(): void;
}

interface Member<C extends Contract> extends Registered {
  readonly feed: Feed<C>;
  /** True when it was removed while nothing used it, and not by the program. */
  wasIdle: boolean;
}

/**
 * Creates a bounded family of feeds. Each is created when its key is first used, and removed together with its history
 * when it has had no reader for a while.
 *
 * When there are `maxFeeds`, `get` throws for a new key, and a route answers as a full server does, until a feed has had
 * no reader and no use for `idleTimeout`. With `idleTimeout: Infinity`, the feed that has been unused for longest makes
 * room, but never one with readers, or whose source needs none and has not ended.
 *
 * @example A feed for each room
 * const rooms = feeds(events({ Said: { text: t.string } }), { idleTimeout: 60_000, maxFeeds: 1000 });
 * app.get('/rooms/:room', sse({ params: { room: t.string } }, ({ params }) => rooms.get(params.room)));
 * rooms.get('lobby').publish({ type: 'said', data: { text: 'hello' } });
 *
 * @throws TypeError or RangeError at once, for a contract that `feed` refuses and for an option that is not valid.
 * @category feed
 */
export function feeds<C extends Contract>(contract: C, options: FeedsOptions<NoInfer<C>> = {}): Feeds<C> {
  checkContract('feeds', contract);
  checkOptions('feeds', options, { feed: 'function', idleTimeout: '', maxFeeds: '' });
  const { feed: optionsOf = () => ({}), idleTimeout = 60_000, maxFeeds = 10_000 } = options;
  checkNumber('feeds: idleTimeout', idleTimeout, { min: 0, unit: 'ms' });
  checkNumber('feeds: maxFeeds', maxFeeds, { min: 1 });
  const registry = new FeedRegistry<Member<C>>({
    idleTimeout,
    maxSize: maxFeeds,
    noun: 'feeds',
    option: 'maxFeeds',
    // What the program removes has been closed before.
    onRemove: (member) => {
      (member as Member<C>).wasIdle = !member.core.isClosed;
    },
  });
  let shutdownRetry: RetryRange | undefined;

  function create(key: string, found?: FeedOptions<C>): Member<C> {
    registry.checkRoom(key);
    const options: FeedOptions<C> = found ?? optionsOf(key);
    const touch = (): void => registry.touch(member);
    // Nothing is removed for a key whose options throw.
    const core = coreOfOptions(contract, options, touch, key);
    const coreFor = (isForUse: boolean): FeedCore => {
      if (!member.wasIdle) return core;
      return (isForUse ? memberOf(key) : openMember(key))?.core ?? core;
    };
    const feed: Feed<C> = feedOf(contract, coreFor, touch);
    const member: Member<C> = { key, core, feed, lastUsed: 0, wasIdle: false };
    registry.add(member);
    if (shutdownRetry !== undefined) core.shutdown(shutdownRetry);
    // The source may request this feed, and end, before `start` returns.
    if (options.start === 'now') core.start();
    return member;
  }

  /** Emits the feed of a key that is retained, or whose log has an entry. */
  function findStored(key: string): Observable<Feed<C> | undefined> {
    if (openMember(key) !== undefined) return of(memberOf(key).feed);
    const options: FeedOptions<C> = optionsOf(key);
    const { log } = options;
    if (log === undefined) return of(undefined);
    return readLog(log, 0, 0, noop).pipe(
      map(({ floor, tail }) => {
        // Another call may have created it meanwhile.
        const member = openMember(key);
        if (member === undefined && tail > floor) create(key, options);
        // The family may have one log object for the key, which is then the log of that feed.
        else if (log !== member?.core.log) log.close();
        return member !== undefined || tail > floor ? memberOf(key).feed : undefined;
      }),
      tap({ error: () => log !== openMember(key)?.core.log && log.close() }),
    );
  }

  function openMember(key: string): Member<C> | undefined {
    const member = registry.get(key);
    return member?.core.isClosed === false ? member : undefined;
  }

  function memberOf(key: string): Member<C> {
    const member = openMember(key) ?? create(key);
    registry.touch(member);
    return member;
  }

  function close(member: Member<C>): void {
    member.core.close();
    registry.remove(member);
  }

  return {
    contract,
    [internals]: {
      get cores() {
        return registry.members.map(({ core }) => core);
      },
      find: (key) => openMember(key)?.core,
      shutdown: (retry) => {
        shutdownRetry = retry;
        return registry.members.flatMap(({ core }) => core.shutdown(retry));
      },
    },
    get: (key) => memberOf(key).feed,
    has: (key) => openMember(key) !== undefined,
    find: (key) => Ack.watched(defer(() => findStored(key)).pipe(shareReplay(1)), identity, noop),
    keys: () => registry.members.filter(({ core }) => !core.isClosed).map(({ key }) => key),
    remove: (key) => {
      const member = registry.get(key);
      if (member === undefined) return false;
      const isOpen = !member.core.isClosed;
      close(member);
      return isOpen;
    },
    get size() {
      return registry.size;
    },
    close: () => {
      for (const member of registry.members) close(member);
    },
  };
}
