import { expect } from 'chai';
import fc from 'fast-check';
import * as t from 'io-ts';
import { asyncScheduler, type Observable, timer } from 'rxjs';
import {
  conflateBy,
  type Entry,
  events,
  type Feed,
  feed,
  filterEvents,
  type Gap,
  mergeFeeds,
  rateLimit,
  sse,
} from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { overLogs } from './overLogs.ts';

const Counts = events({ Count: { of: t.number, n: t.number } });
type Counted = ReturnType<typeof Counts.Count>;
type Merged = Observable<Entry<Counted | Gap>>;

/** The steps of one connection: when which feeds publish, and when and how it is cut. */
const connection = fc.record({
  publications: fc.array(fc.record({ at: fc.nat(60), to: fc.nat(2), count: fc.integer({ min: 1, max: 4 }) }), {
    maxLength: 12,
  }),
  cut: fc.integer({ min: 1, max: 70 }),
  /** The share of the sent bytes that is received, in percent. */
  arrived: fc.oneof(fc.constant(100), fc.nat(100)),
  /** `L` loses the last write. */
  how: fc.constantFrom('X', 'L'),
  /** The time at which its socket is full, and the duration. */
  full: fc.option(fc.record({ at: fc.nat(50), for: fc.integer({ min: 1, max: 30 }) }), { nil: undefined }),
});
const scripts = fc.array(connection, { minLength: 2, maxLength: 6 });

/** Operators after the merge, and the events of each feed that a reader must receive. */
const pipelines: Readonly<
  Record<
    string,
    {
      readonly of: (merged: Merged) => Merged;
      readonly expected: (all: readonly number[]) => readonly number[] | 'last';
    }
  >
> = {
  'as it is': { of: (merged) => merged, expected: (all) => all },
  'and a filter': {
    of: (merged) => merged.pipe(filterEvents(({ data }) => data.n % 3 === 0)) as Merged,
    expected: (all) => all.filter((n) => n % 3 === 0),
  },
  'and a filter of all of one feed': {
    of: (merged) => merged.pipe(filterEvents(({ data }) => data.of !== 1 || data.n < 0)) as Merged,
    expected: (all) => all,
  },
  'held back, a few at a time': {
    of: (merged) => merged.pipe(rateLimit({ maxEvents: 2, interval: 9 })) as Merged,
    expected: (all) => all,
  },
  'conflated by feed': {
    of: (merged) => merged.pipe(conflateBy(({ data }) => data.of, { interval: 7 })),
    expected: () => 'last',
  },
};

describe('a merge of three feeds whose readers are cut at any time', function () {
  this.timeout(60_000);

  for (const [name, makeLog] of Object.entries(overLogs)) {
    for (const [what, { of, expected }] of Object.entries(pipelines)) {
      it(`loses and repeats no event of any feed, ${what}, over ${name}`, () => {
        const play = (script: readonly Script[]): void =>
          marbles(({ reader, flush }) => {
            const feeds: readonly Feed<typeof Counts>[] = [0, 1, 2].map(() => feed(Counts, { log: makeLog() }));
            const [a, b, c] = feeds;
            if (a === undefined || b === undefined || c === undefined) return;
            const published = [0, 0, 0];
            const received: number[][] = [[], [], []];
            const route = sse({ resume: { from: 'oldest' } }, (context) =>
              of(mergeFeeds({ a, b, c }, context) as Merged),
            );
            let cursor: string | undefined;

            const connect = ({ publications, cut, how, arrived, full }: Script): void => {
              const start = asyncScheduler.now() + 10;
              for (const { at, to, count } of publications) {
                timer(at + 10).subscribe(() => {
                  for (let left = count; left > 0; left--) {
                    const n = (published[to] ?? 0) + 1;
                    published[to] = n;
                    feeds[to]?.publish(Counts.Count({ of: to, n }));
                  }
                });
              }
              const isFull = full !== undefined && full.at + full.for < cut;
              const pressure = isFull ? `${start + full.at}ms F ${full.for - 1}ms D ` : '';
              const rest = isFull ? cut - full.at - full.for - 1 : start + cut;
              const socket = `${pressure}${Math.max(rest, 0)}ms ${how}`;
              const r = reader(route, {
                at: `${start}ms`,
                socket,
                ...(cursor !== undefined && { lastEventId: cursor }),
              });
              flush();
              // The received part may end after any frame.
              for (const { frame } of r.frames.slice(0, Math.ceil((r.frames.length * arrived) / 100))) {
                if (frame._tag !== 'Message') continue;
                expect(frame.event).to.not.equal('rxsse.gap');
                cursor = frame.id ?? cursor;
                if (frame.event !== 'count') continue;
                const data = JSON.parse(frame.data);
                received[data.of]?.push(data.n);
              }
            };
            for (const each of script) connect(each);
            connect({ publications: [], cut: 5000, how: 'X', arrived: 100, full: undefined });

            for (const [index, count] of published.entries()) {
              const all = Array.from({ length: count }, (_, n) => n + 1);
              const got = received[index] ?? [];
              const wanted = what.includes('all of one') && index === 1 ? [] : expected(all);
              if (wanted !== 'last') {
                expect(got, `feed ${index}`).to.deep.equal(wanted);
                continue;
              }
              expect(got.at(-1), `the last of feed ${index}`).to.equal(all.at(-1));
              expect(got, `the order of feed ${index}`).to.deep.equal([...new Set(got)].sort((x, y) => x - y));
            }
          })();
        fc.assert(fc.property(scripts, play), { numRuns: 40 });
      });
    }
  }
});

interface Script {
  readonly publications: readonly { readonly at: number; readonly to: number; readonly count: number }[];
  readonly cut: number;
  readonly how: string;
  readonly arrived: number;
  readonly full: { readonly at: number; readonly for: number } | undefined;
}
