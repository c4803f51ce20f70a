import { expect } from 'chai';
import * as t from 'io-ts';
import { concat, from, map, merge, of, startWith, timer } from 'rxjs';
import { events, feed, filterEvents, isGap, memoryLog, sse } from '../../lib/index.ts';
import { fetchOf } from '../../lib/testing/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { overLogs } from './overLogs.ts';
import { received } from './received.ts';

const Prices = events({ Price: { of: t.string, is: t.number } });
const price = (of: string, is: number) => Prices.Price({ of, is });
const dataOf = (of: string, is: number) => `{"of":"${of}","is":${is}}`;

for (const [name, makeLog] of Object.entries(overLogs)) {
  describe(`a snapshot as the start position, over ${name}`, () => {
    /** Returns a feed of prices, and a snapshot of its state with the cursor of that state. */
    function market() {
      const prices = feed(Prices, { log: makeLog() });
      const last = new Map<string, number>();
      let cursor = '';
      const set = (of: string, is: number) => {
        last.set(of, is);
        prices.publish(price(of, is)).subscribe((published) => {
          cursor = published;
        });
      };
      const snapshot = () => ({ events: [...last].map(([of, is]) => price(of, is)), cursor });
      return { prices, set, snapshot };
    }

    it(
      'is sent before its position and the later events, and a reader that reconnects receives what it missed',
      marbles(({ reader, flush }) => {
        const { prices, set, snapshot } = market();
        let calls = 0;
        const route = sse(
          {
            resume: {
              from: () => {
                calls++;
                return snapshot();
              },
            },
          },
          prices,
        );
        timer(1).subscribe(() => [set('a', 1), set('b', 2), set('a', 3)]);
        timer(40).subscribe(() => set('b', 4));
        timer(60).subscribe(() => set('c', 5));
        const r = reader(route, { at: '20ms', socket: '50ms X' });
        flush();
        expect(received(r)).to.deep.equal([dataOf('a', 3), dataOf('b', 2), 'position', dataOf('b', 4)]);
        const ids = r.frames.flatMap(({ frame }) => ('id' in frame ? [frame.id?.split('.').at(-1)] : []));
        expect(ids).to.deep.equal([undefined, undefined, '3', '4']);
        const back = reader(route, { at: '70ms', lastEventId: r.lastEventId, socket: '200ms X' });
        flush();
        expect([received(back), calls]).to.deep.equal([['position', dataOf('c', 5)], 1]);
      }),
    );

    it(
      'passes through the filter of a pipeline, and its last event has the position',
      marbles(({ reader, flush }) => {
        const { prices, set, snapshot } = market();
        const route = sse((context) =>
          prices.read(context, { from: snapshot() }).pipe(filterEvents(({ data }) => data.of !== 'b')),
        );
        timer(1).subscribe(() => [set('a', 1), set('b', 2), set('c', 3), set('a', 4)]);
        timer(40).subscribe(() => set('b', 5));
        timer(50).subscribe(() => set('c', 6));
        const r = reader(route, { at: '20ms', socket: '60ms X' });
        flush();
        expect(received(r)).to.deep.equal([dataOf('a', 4), dataOf('c', 3), dataOf('c', 6)]);
        const ids = r.frames.flatMap(({ frame }) => ('id' in frame ? [frame.id?.split('.').at(-1)] : []));
        expect(ids).to.deep.equal([undefined, '4', '6']);
        const back = reader(route, { at: '70ms', lastEventId: r.lastEventId, socket: '200ms X' });
        flush();
        expect(received(back)).to.deep.equal(['position']);
      }),
    );

    it(
      'is replaced by a gap when the log has trimmed the events after it',
      marbles(({ reader, flush }) => {
        const prices = feed(Prices, { log: makeLog({ maxEntries: 1 }) });
        let cursor = '';
        timer(1).subscribe(() =>
          prices.publish(price('a', 1)).subscribe((published) => {
            cursor = published;
          }),
        );
        timer(10).subscribe(() => [2, 3, 4].map((is) => prices.publish(price('a', is))));
        const route = sse({ resume: { from: () => ({ events: [price('a', 1)], cursor }) } }, prices);
        const r = reader(route, { at: '20ms', socket: '60ms X' });
        flush();
        expect(received(r)).to.deep.equal(['position', 'gap trimmed', dataOf('a', 4)]);
      }),
    );

    for (const pipeline of [true, false]) {
      it(
        `is rejected for the cursor of another feed, ${pipeline ? 'in a pipeline' : 'of a mounted feed'}`,
        marbles(({ reader, flush }) => {
          const { prices, set } = market();
          set('a', 1);
          const snapshot = { events: [price('a', 1)], cursor: '1.another.1' };
          const route = pipeline
            ? sse((context) => prices.read(context, { from: snapshot }))
            : sse({ resume: { from: snapshot } }, prices);
          const r = reader(route, { at: '20ms' });
          flush();
          expect(r.error).to.be.instanceOf(TypeError);
          expect(String(r.error)).to.include('cursor() of this feed');
        }),
      );
    }

    for (const [what, around] of Object.entries({
      startWith: startWith(price('state', 0)),
      concat: (entries: ReturnType<ReturnType<typeof market>['prices']['read']>) =>
        concat(from([price('state', 0)]), entries),
      merge: (entries: ReturnType<ReturnType<typeof market>['prices']['read']>) =>
        merge(of(price('state', 0)), entries),
    })) {
      it(
        `can be events without a position before the entries, by ${what}`,
        marbles(({ reader, flush }) => {
          const { prices, set } = market();
          const route = sse({ events: Prices }, (context) => prices.read(context).pipe(around));
          timer(30).subscribe(() => set('a', 1));
          const r = reader(route, { at: '20ms', socket: '60ms X' });
          flush();
          expect(received(r)).to.deep.equal(['position', dataOf('state', 0), dataOf('a', 1)]);
          const ids = r.frames.flatMap(({ frame }) => ('id' in frame ? [frame.id?.split('.').at(-1)] : []));
          expect(ids).to.deep.equal(['0', undefined, '1']);
        }),
      );
    }

    it(
      'is emitted outside a route as well',
      marbles(({ expectObservable }) => {
        const { prices, set, snapshot } = market();
        timer(1).subscribe(() => [set('a', 1), set('a', 2)]);
        timer(40).subscribe(() => set('b', 3));
        const shown: string[] = [];
        timer(20).subscribe(() => {
          const reading = prices
            .events({ from: snapshot() })
            .subscribe((event) => shown.push(isGap(event) ? 'gap' : `${event.data.of}${event.data.is}`));
          timer(30).subscribe(() => {
            reading.unsubscribe();
            expect(shown).to.deep.equal(['a2', 'b3']);
          });
        });
        expectObservable(timer(60).pipe(map(() => 'x'))).toBe('60ms (x|)');
      }),
    );
  });
}

describe('resume: { from } as a function', () => {
  for (const [how, expected] of Object.entries({ live: ['position'], oldest: ['position', dataOf('a', 1)] })) {
    it(
      `returns the start position of each request: ${how}`,
      marbles(({ reader, flush }) => {
        const prices = feed(Prices);
        prices.publish(price('a', 1));
        const options = {
          query: { how: t.string },
          resume: { from: (context: { query: { how: string } }) => context.query.how },
        };
        const r = reader(sse(options, prices), { query: { how }, socket: '5ms X' });
        flush();
        expect(received(r)).to.deep.equal(expected);
      }),
    );
  }

  it('can return a promise', async () => {
    const prices = feed(Prices, { log: memoryLog() });
    await prices.publish(price('a', 1));
    const route = sse(
      {
        resume: {
          from: async () => {
            const cursor = await prices.cursor();
            return { events: [price('a', 1)], cursor };
          },
        },
      },
      prices,
    );
    const response = await fetchOf(route)('/');
    const reader = response.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value)).to.match(/^retry: 3000\n\nevent: price\ndata: .*\n\n(.*\n)*id: \S+\.1\n/);
    await reader?.cancel();
  });
});

describe('feed.cursor', () => {
  it('returns the cursor of the newest event', async () => {
    const prices = feed(Prices);
    expect(await prices.cursor()).to.match(/^1\.[\w-]{16}\.0$/);
    const published = await prices.publish([price('a', 1), price('a', 2)]);
    expect(await prices.cursor()).to.equal(published);
  });
});
