import { expect } from 'chai';
import * as t from 'io-ts';
import { filter, ignoreElements, merge, type Observable, share, takeUntil, tap, timer } from 'rxjs';
import { type Entry, type EventOf, events, feed, type Gap, memoryLog, type SseContext, sse } from '../../lib/index.ts';
import { conflateBy } from '../../lib/operator/conflateBy.ts';
import { filterEvents } from '../../lib/operator/filterEvents.ts';
import { groupedWithin } from '../../lib/operator/groupedWithin.ts';
import { mapAsync } from '../../lib/operator/mapAsync.ts';
import { mapEvents } from '../../lib/operator/mapEvents.ts';
import { rateLimit } from '../../lib/operator/rateLimit.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { kernelBuffer } from '../support/kernelBuffer.ts';
import { later } from '../support/later.ts';
import { overLogs } from './overLogs.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;
type Tick = EventOf<typeof Ticks>;
type TickEntries = Observable<Entry<Tick | Gap>>;

const upTo = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => String(n));
const data = (frames: readonly string[]): readonly string[] => frames.filter((frame) => /^\d+$/.test(frame));

/** More than the queue of an operator holds. */
const many = 11_000;
const published = (makeLog = memoryLog) => {
  const shared = feed(Ticks, { log: makeLog({ maxEntries: Infinity, maxBytes: Infinity }) });
  shared.publish(Array.from({ length: many }, (_, n) => Tick(n)));
  return shared;
};
const slowly = (tick: Tick): PromiseLike<Tick> => later(4, Tick(tick.data));
const first = (group: readonly Tick[]): Tick => Tick(group[0]?.data ?? -1);

interface Paced {
  readonly over: (entries: TickEntries) => Observable<unknown>;
  /** The data that is received. @default all */
  readonly expected?: readonly string[];
}

const paced: Readonly<Record<string, Paced>> = {
  mapAsync: { over: (entries) => entries.pipe(mapAsync(slowly, { concurrency: 4 })) },
  rateLimit: { over: (entries) => entries.pipe(rateLimit({ maxEvents: 1, interval: 1 })) },
  'rateLimit behind mapAsync': {
    over: (entries) => entries.pipe(mapAsync(slowly, { concurrency: 40 }), rateLimit({ maxEvents: 1, interval: 1 })),
  },
  'mapAsync behind filterEvents': {
    over: (entries) =>
      entries.pipe(
        filterEvents(({ data }) => data % 2 === 0),
        mapAsync(slowly, { concurrency: 4 }),
      ),
    expected: upTo(many).filter((_, n) => n % 2 === 0),
  },
  'mapAsync behind groupedWithin': {
    over: (entries) =>
      entries.pipe(groupedWithin({ maxEvents: 5 }), mapEvents(first), mapAsync(slowly, { concurrency: 1 })),
    expected: upTo(many).filter((_, n) => n % 5 === 0),
  },
  'rateLimit behind conflateBy': {
    over: (entries) =>
      entries.pipe(
        conflateBy<Entry<Tick | Gap>>(({ data }) => data, { interval: 1, maxKeys: 500 }),
        rateLimit({ maxEvents: 1, interval: 1 }),
      ),
  },
};

for (const [logName, makeLog] of Object.entries(overLogs)) {
  describe(`a pipeline over ${logName}`, () => {
    for (const [name, { over, expected }] of Object.entries(paced)) {
      it(
        `stops receiving entries when ${name} has queued a page`,
        marbles(
          ({ reader, flush }) => {
            let read = 0;
            let queued = 0;
            let out = 0;
            const shared = published(makeLog);
            const route = sse({ resume: { from: 'oldest' }, heartbeat: false }, (context: SseContext) => {
              const entries = shared.read(context).pipe(
                tap(({ event, sequence }) => {
                  if (event !== undefined) read = sequence;
                  queued = Math.max(queued, read - out);
                }),
              );
              return over(entries as TickEntries).pipe(
                tap((value) => {
                  out = (value as Entry<Tick>).sequence;
                }),
              );
            });
            const r = reader(route, { socket: '59s X' });
            flush();
            expect([r.cutAt, r.leftAt]).to.deep.equal([undefined, 59_000]);
            expect(data(received(r))).to.deep.equal(expected ?? upTo(many));
            // Two pages of 64 KiB.
            expect(queued).to.be.below(5000);
          },
          { until: '60s' },
        ),
      );
    }
  });
}

describe('a pipeline that makes large events of small ones', () => {
  it(
    'receives no more entries while the socket is full',
    marbles(({ reader, flush }) => {
      const Pages = events({ Page: { n: t.number, text: t.string } });
      const shared = feed(Pages);
      shared.publish(Array.from({ length: 200 }, (_, n) => Pages.Page({ n, text: '' })));
      const text = 'x'.repeat(50_000);
      let called = 0;
      const route = sse({ resume: { from: 'oldest' } }, (context) =>
        shared.read(context).pipe(
          mapEvents((event) => {
            called++;
            return event.type === 'page' ? Pages.Page({ n: event.data.n, text }) : event;
          }),
        ),
      );
      const slow = reader(route, { socket: `${'9ms D '.repeat(200)}X` });
      kernelBuffer(slow, 64 * 1024);
      timer(5).subscribe(() => expect(called).to.be.below(5));
      flush();
      expect(slow.cutAt).to.equal(undefined);
      const numbers = slow.frames.flatMap(({ frame }) =>
        frame._tag === 'Message' && frame.event === 'page' ? [JSON.parse(frame.data).n] : [],
      );
      expect(numbers).to.deep.equal(Array.from({ length: 200 }, (_, n) => n));
      expect(called).to.equal(200);
    }),
  );
});

describe('a pipeline with an operator that drops positions', () => {
  it(
    'continues to receive entries',
    marbles(({ reader, flush }) => {
      const shared = published();
      const route = sse({ resume: { from: 'oldest' } }, (context) =>
        shared.read(context).pipe(filter(({ event }) => event?.type === 'tick' && event.data % 5000 === 1)),
      );
      const r = reader(route, { socket: '99ms X' });
      flush();
      expect(data(received(r))).to.deep.equal(['1', '5001', '10001']);
    }),
  );
});

describe('a pipeline with an operator that is unsubscribed from', () => {
  for (const [name, hold] of Object.entries<(entries: TickEntries) => Observable<unknown>>({
    rateLimit: (entries) => entries.pipe(rateLimit({ maxEvents: 1, interval: 1e6 })),
    mapAsync: (entries) => entries.pipe(mapAsync((tick, signal) => later(1e6, tick, signal), { concurrency: 1 })),
  })) {
    it(
      `continues to receive entries: ${name}`,
      marbles(({ reader, flush }) => {
        const shared = published();
        let read = 0;
        const route = sse({ resume: { from: 'oldest' } }, (context) => {
          const entries = shared.read(context).pipe(
            tap(({ sequence }) => {
              read = sequence;
            }),
            share(),
          );
          const held = hold(entries as TickEntries).pipe(ignoreElements(), takeUntil(timer(50)));
          return merge(entries.pipe(filterEvents(() => false)), held);
        });
        timer(40).subscribe(() => expect(read).to.be.below(many));
        reader(route, { socket: '99ms X' });
        flush();
        expect(read).to.equal(many);
      }),
    );
  }
});
