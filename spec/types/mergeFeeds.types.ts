import { expectTypeOf } from 'expect-type';
import * as t from 'io-ts';
import type { Observable } from 'rxjs';
import { type Entry, type EventOf, events, feed, feeds, type Gap, mergeFeeds, sse } from '../../lib/index.ts';

const Orders = events({ OrderPaid: { total: t.number } });
const News = events({ Headline: { text: t.string } });
const orders = feed(Orders);
const rooms = feeds(News);

sse((context) => {
  const merged = mergeFeeds({ orders, lobby: rooms.get('lobby') }, context);
  expectTypeOf(merged).toEqualTypeOf<Observable<Entry<EventOf<typeof Orders> | EventOf<typeof News> | Gap>>>();
  return merged;
});

// @ts-expect-error the context of a route is needed
mergeFeeds({ orders }, {});
// @ts-expect-error a contract is no feed
sse((context) => mergeFeeds({ Orders }, context));
