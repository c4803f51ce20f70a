import { expect } from 'chai';
import fc from 'fast-check';
import * as t from 'io-ts';
import type { Observable } from 'rxjs';
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
import { lastConnection, playConnection, type ScriptedConnection, scriptedConnections } from './scriptedConnection.ts';

const Counts = events({ Count: { of: t.number, n: t.number } });
type Counted = ReturnType<typeof Counts.Count>;
type Merged = Observable<Entry<Counted | Gap>>;

const scripts = fc.array(scriptedConnections, { minLength: 2, maxLength: 6 });

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
        const play = (script: readonly ScriptedConnection[]): void =>
          marbles((helpers) => {
            const feeds: readonly Feed<typeof Counts>[] = [0, 1, 2].map(() => feed(Counts, { log: makeLog() }));
            const [a, b, c] = feeds;
            if (a === undefined || b === undefined || c === undefined) return;
            const published = [0, 0, 0];
            const received: number[][] = [[], [], []];
            const route = sse({ resume: { from: 'oldest' } }, (context) =>
              of(mergeFeeds({ a, b, c }, context) as Merged),
            );
            let cursor: string | undefined;

            const publish = (to: number): void => {
              const n = (published[to] ?? 0) + 1;
              published[to] = n;
              feeds[to]?.publish(Counts.Count({ of: to, n }));
            };
            for (const each of [...script, lastConnection]) {
              for (const { event, id, data } of playConnection(helpers, route, each, cursor, publish)) {
                expect(event).to.not.equal('rxsse.gap');
                cursor = id ?? cursor;
                if (event !== 'count') continue;
                const { of: feedIndex, n } = JSON.parse(data);
                received[feedIndex]?.push(n);
              }
            }

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
