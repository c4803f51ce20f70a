import { noop, Observable, type Subscriber } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';
import type { Entry } from '../event/Entry.ts';
import { type Contract, definitionsIn, type EventOf, events } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { type AnyFeed, coreOf } from './coreOf.ts';
import { FeedMerge } from './FeedMerge.ts';
import { type RouteContext, sessionReading } from './ReaderSession.ts';
import { maxMergedFeeds } from './VectorCursor.ts';

/** A feed of any events, which names them. */
type MergeableFeed = AnyFeed & { readonly contract: Contract };

/** The events of all feeds of a merge. */
type MergedEvent<F extends Readonly<Record<string, MergeableFeed>>> = {
  [Name in keyof F]: EventOf<F[Name]['contract']>;
}[keyof F];

/**
 * Reads several feeds inside a route, as one stream that resumes: the id of each frame has the position in every feed.
 *
 * Each feed stays in order. Between feeds, events come in the order in which this connection reads them, which may differ
 * when it resumes. A feed whose part of the cursor cannot be served gives a gap of its own, with its name as `feed`, and the
 * others continue exactly. A cursor of a route with other names gives a gap for each. The names are part of the cursor:
 * a renamed feed is another one. As the route passes the feeds, nothing in a cursor gives access to one.
 *
 * Operators may follow, as after `feed.read`: `filterEvents`, `mapEvents`, `conflateBy`. `cursor` of an entry is its place
 * in this response, with which no reader resumes. Completes when all feeds have ended, errors when one fails.
 * Unsubscribing leaves all.
 *
 * A reader costs a cursor in each feed, and each frame is written for it alone. For many readers of the same feeds, merge
 * their sources into one feed, which numbers the events once.
 *
 * @param feeds 1 to 32 feeds by name
 * @param context of the route; a route reads one feed, or one merge
 *
 * @example The orders and the news of a page over one connection
 * const news = feed(events({ Headline: { text: t.string } }));
 * app.get('/page', sse((context) => mergeFeeds({ orders, news }, context)));
 *
 * @throws TypeError at once, for feeds without names, for a value that is not a feed, for two feeds with different events of one name, outside a
 * route, and where `resume.from` of the route is a cursor.
 * @throws RangeError at once, for no feed, and for more than 32.
 * @see {@link mergeEvents} for streams without positions.
 * @category feed
 */
export function mergeFeeds<F extends Readonly<Record<string, MergeableFeed>>>(
  feeds: F,
  context: RouteContext,
): Observable<Entry<MergedEvent<F> | Gap>> {
  if (kindOf(feeds) !== 'object' || coreOf(feeds) !== undefined) {
    const got = kindOf(feeds) === 'object' ? 'a feed' : kindOf(feeds);
    throw new TypeError(`mergeFeeds: feeds must have names, as in { orders, stock }, got ${got}`);
  }
  const names = Object.keys(feeds).sort();
  if (names.length === 0 || names.length > maxMergedFeeds) {
    throw new RangeError(`mergeFeeds: expected from 1 to ${maxMergedFeeds} feeds, got ${names.length}`);
  }
  const members = names.map((name) => memberOf(name, feeds[name]));
  const session = sessionReading(context, contractOf(members));
  const { from = 'live' } = session.options;
  if (from !== 'live' && from !== 'oldest') {
    throw new TypeError("mergeFeeds: resume.from must be 'live' or 'oldest', since it applies to each of the feeds");
  }
  return new Observable((subscriber: Subscriber<Entry<MergedEvent<F> | Gap>>) => {
    new FeedMerge(subscriber as Subscriber<unknown>, session, names).subscribe(
      members.map((member) => (own) => coreOf(member, true)?.read(own) ?? new Observable(noop)),
    );
  });
}

function memberOf(name: string, feed: unknown): MergeableFeed {
  if (coreOf(feed) !== undefined) return feed as MergeableFeed;
  throw new TypeError(`mergeFeeds: ${name} must be a feed, got ${kindOf(feed)}`);
}

/** Returns the contract with the events of all feeds. */
function contractOf(members: readonly MergeableFeed[]): Contract {
  const all = new Map<string, unknown>();
  for (const { contract } of members) {
    for (const [type, definition] of definitionsIn(contract)) {
      if ((all.get(type) ?? definition) !== definition) {
        throw new TypeError(
          `mergeFeeds: two feeds have different events named ${type}; share one definition, or give one another name`,
        );
      }
      all.set(type, definition);
    }
  }
  return events(Object.fromEntries(all) as never) as Contract;
}
