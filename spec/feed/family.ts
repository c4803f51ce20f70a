import * as t from 'io-ts';
import { timer } from 'rxjs';
import { events, type Feeds, type FeedsOptions, feeds, sse } from '../../lib/index.ts';

export const Ticks = events({ Tick: t.number });
export const { Tick } = Ticks;
type Rooms = Feeds<typeof Ticks>;

/** A family, and the keys for which a feed was made. */
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

/** A route with a feed a room. */
export const routeOf = (rooms: Rooms) => sse({ params: { room: t.string } }, ({ params }) => rooms.get(params.room));

/** How many feeds a family has at these moments. */
export function sizesAt(rooms: Rooms, times: readonly number[]): Record<number, number> {
  const sizes: Record<number, number> = {};
  for (const ms of times) {
    timer(ms).subscribe(() => {
      sizes[ms] = rooms.size;
    });
  }
  return sizes;
}
