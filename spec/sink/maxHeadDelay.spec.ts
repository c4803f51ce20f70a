import { expect } from 'chai';
import { defer, from, mergeMap, NEVER, type Observable, throwError, timer } from 'rxjs';
import { feed, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';
import { received } from '../feed/received.ts';
import { listen } from '../support/listen.ts';
import { type Tick, Ticks } from './ways.ts';

const values = { a: Ticks.Tick(1), b: Ticks.Tick(2) };
const broken = Object.assign(new Error('upstream says no'), { status: 502 });

type Ways = Readonly<
  Record<string, (source: Observable<Tick>, maxHeadDelay: number, reported?: unknown[]) => ReturnType<typeof sse>>
>;

const ways: Ways = {
  'a stream of its own': (source, maxHeadDelay, notices) =>
    sse({ maxHeadDelay, onError: (error: unknown) => void notices?.push(error) }, source),
  'a run': (source, maxHeadDelay, notices) =>
    sse({ maxHeadDelay, resume: { linger: 0 }, onError: (error: unknown) => void notices?.push(error) }, () => source),
};

for (const [what, routeOf] of Object.entries(ways)) {
  describe(`the head of ${what} with maxHeadDelay`, () => {
    it(
      'is an HTTP error when the stream errors within it, and onError is not called',
      marbles(({ reader, flush }) => {
        const notices: unknown[] = [];
        const failing = timer(20).pipe(mergeMap(() => throwError(() => broken)));
        const r = reader(routeOf(failing, 50, notices));
        flush();
        expect(r.error).to.equal(broken);
        expect(r.status).to.equal(502);
        expect(r.frames).to.deep.equal([]);
        expect(notices).to.deep.equal([]);
      }),
    );

    it(
      'is sent with the first event',
      marbles(({ hot, reader, flush }) => {
        const r = reader(routeOf(hot<Tick>('20ms a 9ms (b|)', values), 50));
        flush();
        expect(r.writes[0]?.at).to.equal(20);
        expect(received(r).filter((name) => name !== 'position')).to.deep.equal(['1', '2', 'end']);
      }),
    );

    it(
      'is sent with the end of an empty stream',
      marbles(({ hot, reader, flush }) => {
        const r = reader(routeOf(hot<Tick>('20ms |'), 50));
        flush();
        expect(r.writes[0]?.at).to.equal(20);
        expect(received(r).filter((name) => name !== 'position')).to.deep.equal(['end']);
      }),
    );

    it(
      'is sent when the time has passed, and a later error is passed to onError',
      marbles(({ hot, reader, flush }) => {
        const notices: unknown[] = [];
        const r = reader(routeOf(hot<Tick>('80ms #', values, broken), 50, notices));
        flush();
        expect(r.writes[0]?.at).to.equal(50);
        expect(r.status).to.equal(200);
        expect(r.error).to.equal(undefined);
        expect(notices).to.deep.equal([broken]);
      }),
    );

    it(
      'is sent at once when the stream emits synchronously',
      marbles(({ reader, flush }) => {
        const r = reader(routeOf(from([values.a]), 50));
        flush();
        expect(r.writes[0]?.at).to.equal(0);
        expect(received(r).filter((name) => name !== 'position')).to.deep.equal(['1', 'end']);
      }),
    );

    it(
      'is never sent when the reader disconnects before, and its timer is cleared',
      marbles(
        ({ reader, flush }) => {
          const r = reader(sse({ maxHeadDelay: 5000 }, NEVER), { socket: '20ms X' });
          flush();
          expect(r.writes).to.deep.equal([]);
          expect(r.listeners).to.equal(0);
        },
        { until: '100ms' },
      ),
    );
  });
}

describe('maxHeadDelay', () => {
  it(
    'does not delay a feed, which starts with a position',
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks);
      const direct = reader(sse({ maxHeadDelay: 50 }, shared), { socket: '20ms X' });
      const piped = reader(
        sse({ maxHeadDelay: 50 }, (context) => shared.read(context)),
        { socket: '20ms X' },
      );
      flush();
      expect(direct.writes[0]?.at).to.equal(0);
      expect(piped.writes[0]?.at).to.equal(0);
    }),
  );

  it('makes the first error of an iterable an HTTP error as well', async () => {
    // biome-ignore lint/correctness/useYield: it throws before its first yield.
    async function* failing(): AsyncGenerator<never> {
      throw broken;
    }
    const route = sse({ maxHeadDelay: 1000 }, failing);
    await listen(
      (request, response) => route(request, response),
      async (url) => {
        const { status } = await fetch(url);
        expect(status).to.equal(502);
      },
    );
  });

  it('is rejected above the longest delay of a timer', () => {
    for (const maxHeadDelay of [-1, Number.NaN, Infinity, 2 ** 31]) {
      expect(() =>
        sse(
          { maxHeadDelay },
          defer(() => NEVER),
        ),
      ).to.throw(RangeError, 'maxHeadDelay');
    }
  });
});
