import { expect } from 'chai';
import * as t from 'io-ts';
import type { Observable } from 'rxjs';
import { type Entry, type EventOf, events, feed, type Gap, sse } from '../../lib/index.ts';
import { conflateBy } from '../../lib/operator/conflateBy.ts';
import { groupedWithin } from '../../lib/operator/groupedWithin.ts';
import { mapAsync } from '../../lib/operator/mapAsync.ts';
import { mapEvents } from '../../lib/operator/mapEvents.ts';
import { rateLimit } from '../../lib/operator/rateLimit.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { later } from '../support/later.ts';

const Ticks = events({ Tick: t.array(t.number) });
const { Tick } = Ticks;
type TickEntry = Entry<EventOf<typeof Ticks> | Gap>;
const ticks = { a: Tick([1]), b: Tick([2]), c: Tick([3]), d: Tick([4]) };

/** Pipelines of a route that hold events. A reader that is cut receives the held events when it reconnects. */
const pipelines: Readonly<Record<string, (entries: Observable<TickEntry>) => Observable<unknown>>> = {
  conflateBy: (entries) => entries.pipe(conflateBy(({ data }) => data[0], { interval: 12 })),
  'groupedWithin and mapEvents': (entries) =>
    entries.pipe(
      groupedWithin({ maxEvents: 2 }),
      mapEvents((group) => Tick(group.flatMap(({ data }) => data))),
    ),
  rateLimit: (entries) => entries.pipe(rateLimit({ maxEvents: 1, interval: 12 })),
  mapAsync: (entries) =>
    entries.pipe(mapAsync((tick, signal) => later(12, Tick([...tick.data]), signal), { concurrency: 2 })),
};

describe('operators between a feed and its reader', () => {
  for (const [name, over] of Object.entries(pipelines)) {
    it(`${name} loses and repeats no event, for a disconnection after any frame`, () => {
      for (let cut = 6; cut < 60; cut += 5) {
        const run = marbles(({ hot, reader, flush }) => {
          const shared = feed(Ticks, { source: hot('10ms a 4ms b 9ms c 9ms d 20ms |', ticks) });
          const route = sse((context) => over(shared.read(context)));
          const first = reader(route, { socket: `${cut}ms X` });
          flush();
          const second = reader(route, { lastEventId: first.lastEventId, socket: '200ms X' });
          flush();
          const got = [first, second].flatMap(({ frames }) =>
            frames.flatMap(({ frame }) =>
              'event' in frame && frame.event === 'tick' ? (JSON.parse(frame.data) as number[]) : [],
            ),
          );
          expect(got, `cut at ${cut} ms`).to.deep.equal([1, 2, 3, 4]);
          expect(second.cutAt, `cut at ${cut} ms`).to.equal(undefined);
        });
        run();
      }
    });
  }
});
