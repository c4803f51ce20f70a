import { expect } from 'chai';
import * as t from 'io-ts';
import { asyncScheduler, timer } from 'rxjs';
import { events, type Feed, feed, filterEvents, isGap, type SseContext, sse } from '../../lib/index.ts';
import type { EventLog } from '../../lib/log/EventLog.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import type { TestReader } from '../../lib/testing/TestReader.ts';
import { laterOf } from './laterOf.ts';
import { overLogs } from './overLogs.ts';
import { received } from './received.ts';

const Prices = events({ Price: { of: t.string, is: t.number } });
const price = (of: string, is: number) => Prices.Price({ of, is });
const dataOf = (of: string, is: number) => `{"of":"${of}","is":${is}}`;
type Snapshot = () => ReturnType<typeof price>[] | { events: ReturnType<typeof price>[]; cursor: string };

/** The two ways in which a route has a snapshot. */
const ways: Readonly<Record<string, (prices: Feed<typeof Prices>, snapshot: Snapshot) => ReturnType<typeof sse>>> = {
  'a mounted feed': (prices, snapshot) => sse({ resume: { snapshot } }, prices),
  'a pipeline': (prices, snapshot) =>
    sse((context: SseContext) => prices.read(context, { snapshot }).pipe(filterEvents(({ data }) => data.of !== 'x'))),
};

/** Returns a feed of prices, and its state. */
function market(log: EventLog) {
  const prices = feed(Prices, { log });
  const last = new Map<string, number>();
  const cursors: string[] = [];
  const calls: number[] = [];
  const set = (of: string, is: number): void => {
    last.set(of, is);
    prices.publish(price(of, is)).subscribe((cursor) => cursors.push(cursor));
  };
  const state = () => {
    calls.push(last.size);
    return [...last].map(([of, is]) => price(of, is));
  };
  return { prices, set, state, cursors, calls };
}

const idsOf = (r: TestReader) =>
  r.frames.flatMap(({ frame }) => ('id' in frame && frame.id !== undefined ? [frame.id.split('.').at(-1)] : []));

for (const [name, makeLog] of Object.entries(overLogs)) {
  for (const [way, mount] of Object.entries(ways)) {
    describe(`the snapshot of ${way}, over ${name}`, () => {
      it(
        'is sent to a reader without a cursor before the later events, and one that reconnects receives what it missed',
        marbles(({ reader, flush }) => {
          const { prices, set, state, calls } = market(makeLog());
          timer(1).subscribe(() => [set('a', 1), set('b', 2), set('a', 3)]);
          timer(40).subscribe(() => set('b', 4));
          timer(60).subscribe(() => set('c', 5));
          const route = mount(prices, state);
          const r = reader(route, { at: '20ms', socket: '50ms X' });
          flush();
          expect(received(r).filter((each) => each !== 'position')).to.deep.equal([
            dataOf('a', 3),
            dataOf('b', 2),
            dataOf('b', 4),
          ]);
          expect(idsOf(r)).to.deep.equal(['3', '4']);
          expect(r.headers).to.include({ 'rxsse-resume': 'live' });
          const back = reader(route, { at: '70ms', lastEventId: r.lastEventId, socket: '200ms X' });
          flush();
          expect([received(back), calls.length]).to.deep.equal([['position', dataOf('c', 5)], 1]);
        }),
      );

      it(
        'is sent after the gap to a reader that cannot be served',
        marbles(({ reader, flush }) => {
          const { prices, set, state } = market(makeLog());
          timer(1).subscribe(() => [set('a', 1), set('b', 2)]);
          timer(40).subscribe(() => set('b', 4));
          const route = mount(prices, state);
          const r = reader(route, { at: '20ms', lastEventId: '1.other.7', socket: '60ms X' });
          flush();
          expect(received(r).filter((each, index) => index === 0 || each !== 'position')).to.deep.equal([
            'position',
            'gap epoch',
            dataOf('a', 1),
            dataOf('b', 2),
            dataOf('b', 4),
          ]);
          expect(r.lastEventId).to.match(/\.3$/);
        }),
      );

      it(
        'precedes the events that are published while it is taken, which follow it',
        marbles(({ reader, flush }) => {
          const { prices, set, state } = market(makeLog());
          const slow = (() => laterOf(state, 10)) as never as Snapshot;
          timer(1).subscribe(() => [set('a', 1)]);
          timer(25).subscribe(() => set('a', 2));
          timer(50).subscribe(() => set('a', 3));
          const r = reader(mount(prices, slow), { at: '20ms', socket: '60ms X' });
          flush();
          // The state was read at 30 ms and includes the second event, which comes again.
          expect(received(r).filter((each) => each !== 'position')).to.deep.equal([
            dataOf('a', 2),
            dataOf('a', 2),
            dataOf('a', 3),
          ]);
        }),
      );

      it(
        'with a cursor is followed by what its state does not include, and nothing comes twice',
        marbles(({ reader, flush }) => {
          const { prices, set, state, cursors } = market(makeLog());
          const exact = (() => laterOf(() => ({ events: state(), cursor: cursors.at(-1) }), 10)) as never as Snapshot;
          timer(1).subscribe(() => [set('a', 1)]);
          timer(22).subscribe(() => set('a', 2));
          timer(50).subscribe(() => set('a', 3));
          const r = reader(mount(prices, exact), { at: '20ms', socket: '60ms X' });
          flush();
          expect(received(r).filter((each) => each !== 'position')).to.deep.equal([dataOf('a', 2), dataOf('a', 3)]);
        }),
      );

      it(
        'can be empty, and the reader has a position behind it',
        marbles(({ reader, flush }) => {
          const { prices, set, state, calls } = market(makeLog());
          timer(40).subscribe(() => set('a', 1));
          const route = mount(prices, () => state().slice(0, 0));
          const r = reader(route, { at: '20ms', socket: '60ms X' });
          flush();
          expect(received(r).filter((each) => each !== 'position')).to.deep.equal([dataOf('a', 1)]);
          const back = reader(route, { at: '70ms', lastEventId: r.lastEventId, socket: '100ms X' });
          flush();
          expect([received(back), calls.length]).to.deep.equal([['position'], 1]);
        }),
      );

      it(
        'of a feed that has ended is followed by the end',
        marbles(({ reader, flush }) => {
          const { prices, set, state } = market(makeLog());
          timer(1).subscribe(() => [set('a', 1), set('a', 2), prices.end()]);
          const r = reader(mount(prices, state), { at: '20ms' });
          flush();
          expect(received(r).filter((each) => each !== 'position')).to.deep.equal([dataOf('a', 2), 'end']);
        }),
      );

      it(
        'is sent again to a connected reader whose entries are trimmed',
        marbles(({ reader, flush }) => {
          const { prices, set, state } = market(makeLog({ maxEntries: 2 }));
          timer(1).subscribe(() => set('a', 1));
          timer(38).subscribe(() => [set('a', 2), set('b', 3), set('c', 4), set('d', 5), set('d', 6)]);
          timer(80).subscribe(() => set('e', 7));
          const r = reader(mount(prices, state), { at: '20ms', socket: '35ms F 12ms D 60ms X' });
          flush();
          const all = received(r).filter((each) => each !== 'position');
          expect(all).to.deep.equal([
            dataOf('a', 1),
            'gap trimmed',
            dataOf('a', 2),
            dataOf('b', 3),
            dataOf('c', 4),
            dataOf('d', 6),
            dataOf('e', 7),
          ]);
          expect(idsOf(r).at(-1)).to.equal('7');
          expect(r.overrun).to.equal(0);
        }),
      );

      it(
        'is taken again when the log has removed what follows it, and then is an error',
        marbles(({ reader, flush, reportedErrors }) => {
          const { prices, set, state } = market(makeLog({ maxEntries: 2 }));
          const errors = reportedErrors();
          let delayed = 0;
          // Only the first call is slower than the log is trimmed.
          const slowOnce = (() => laterOf(state, delayed++ === 0 ? 20 : 1)) as never as Snapshot;
          const slow = (() => laterOf(state, 20)) as never as Snapshot;
          timer(1).subscribe(() => set('a', 1));
          for (let ms = 22; ms < 80; ms += 4) timer(ms).subscribe(() => set('a', ms));
          const once = reader(mount(prices, slowOnce), { at: '20ms', socket: '200ms X' });
          const always = reader(mount(prices, slow), { at: '20ms', socket: '200ms X' });
          flush();
          expect(String(errors[0]?.error)).to.include('retain more, or return a newer snapshot');
          expect(delayed).to.equal(2);
          expect(once.text).to.not.include('rxsse.gap');
          expect(received(once).at(-1)).to.equal(dataOf('a', 78));
          expect(always.text).to.match(/^retry: \d+\n\n$/);
        }),
      );

      it(
        'that fails before the first byte is an HTTP error, and the reader is forgotten',
        marbles(({ reader, flush }) => {
          const { prices, cursors, set } = market(makeLog());
          set('a', 1);
          const mistakes: readonly (readonly [unknown, string])[] = [
            [new Error('no state'), 'no state'],
            [undefined, 'expected an array of events or { events, cursor }, got undefined'],
            [{ events: [] }, 'expected an array of events or { events, cursor }, got object'],
            [{ events: [], cursor: '1.other.1' }, 'a position in this feed'],
            [{ events: [], cursor: 'text' }, 'a position in this feed'],
            [{ events: [], cursor: () => cursors[0]?.replace(/\d+$/, '9') }, 'beyond the last event'],
          ];
          const readers = mistakes.map(([result]) => {
            const take = (): never => {
              if (result instanceof Error) throw result;
              const { cursor } = (result ?? {}) as { readonly cursor?: unknown };
              return (typeof cursor === 'function' ? { events: [], cursor: cursor() } : result) as never;
            };
            return reader(mount(prices, take), { at: '20ms' });
          });
          flush();
          readers.forEach((r, index) => {
            expect(r.status).to.equal(500);
            expect(String(r.error)).to.include(mistakes[index]?.[1]);
            expect(r.listeners).to.equal(0);
          });
          expect(prices.readers).to.equal(0);
        }),
      );

      it(
        'is sent again to a reader that is cut anywhere within it',
        marbles(({ reader, flush }) => {
          const { prices, set, state } = market(makeLog({ maxEntries: 2 }));
          for (const [index, of] of ['a', 'b', 'c', 'd'].entries()) timer(1).subscribe(() => set(of, index));
          const route = mount(prices, state);
          const snapshot = [dataOf('a', 0), dataOf('b', 1), dataOf('c', 2), dataOf('d', 3)];
          for (const lastEventId of ['', '1.other.7']) {
            const connect = (cursor: string): TestReader => {
              const r = reader(route, {
                at: `${asyncScheduler.now() + 10}ms`,
                socket: `${asyncScheduler.now() + 30}ms X`,
                ...(cursor && { lastEventId: cursor }),
              });
              flush();
              return r;
            };
            const r = connect(lastEventId);
            for (let count = 0; count <= received(r).indexOf(dataOf('d', 3)); count++) {
              const ids = r.frames.slice(0, count).flatMap(({ frame }) => ('id' in frame ? [frame.id ?? ''] : []));
              const again = connect(ids.filter((id) => id !== '').at(-1) ?? lastEventId);
              expect(received(again).filter((each) => snapshot.includes(each))).to.deep.equal(snapshot);
            }
          }
        }),
      );
    });
  }

  describe(`the snapshot outside a route, over ${name}`, () => {
    it(
      'precedes what follows it, also after a gap',
      marbles(({ flush }) => {
        const { prices, set, state } = market(makeLog());
        timer(1).subscribe(() => [set('a', 1), set('a', 2)]);
        timer(40).subscribe(() => set('b', 3));
        const shown: Record<string, string[]> = { fresh: [], lost: [] };
        timer(20).subscribe(() => {
          const add = (to: string) => (event: unknown) =>
            shown[to]?.push(
              isGap(event) ? `gap ${event.data.reason}` : JSON.stringify((event as { data: unknown }).data),
            );
          const fresh = prices.events({ snapshot: state }).subscribe(add('fresh'));
          const lost = prices.events({ from: '1.other.3', snapshot: state }).subscribe(add('lost'));
          timer(30).subscribe(() => [fresh, lost].map((reading) => reading.unsubscribe()));
        });
        flush();
        expect(shown).to.deep.equal({
          fresh: [dataOf('a', 2), dataOf('b', 3)],
          lost: ['gap epoch', dataOf('a', 2), dataOf('b', 3)],
        });
      }),
    );
  });
}
