import * as t from 'io-ts';
import { timer } from 'rxjs';
import { events, type Feeds, type FeedsOptions, feeds, sse } from '../../lib/index.ts';

export const Ticks = events({ Tick: t.number });
export const { Tick } = Ticks;
type Rooms = Feeds<typeof Ticks>;

/** Returns a family of feeds, and the keys for which a feed was created. */
export function family(options?: Omit<FeedsOptions, 'feed'>): { readonly rooms: Rooms; readonly made: string[] } {
  const made: string[] = [];
  const rooms = feeds(Ticks, {
    feed: (key) => {
      made.push(key);
      return {};
    },
    ...options,
  });
  return { rooms, made };
}

/** Returns a route with one feed for each room. */
export const routeOf = (rooms: Rooms) => sse({ params: { room: t.string } }, ({ params }) => rooms.get(params.room));

/** Records how many feeds a family has at each time, in virtual milliseconds. */
export function sizesAt(rooms: Rooms, times: readonly number[]): Record<number, number> {
  const sizes: Record<number, number> = {};
  for (const ms of times) {
    timer(ms).subscribe(() => {
      sizes[ms] = rooms.size;
    });
  }
  return sizes;
}
