import { expect } from 'chai';
import fc from 'fast-check';
import * as t from 'io-ts';
import { timer } from 'rxjs';
import { events, type Feed, feed, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { laterOf } from './laterOf.ts';
import { lastConnection, playConnection, type ScriptedConnection, scriptedConnections } from './scriptedConnection.ts';

const item = { of: t.number, n: t.number };
const Items = events({ Set: item, Added: item, Total: item });
type Item = ReturnType<typeof Items.Set> | ReturnType<typeof Items.Added> | ReturnType<typeof Items.Total>;
type Snapshot = () => Item[] | { events: Item[]; cursor: string };

const histories = fc.record({
  connections: fc.array(scriptedConnections, { minLength: 1, maxLength: 5 }),
  maxEntries: fc.integer({ min: 1, max: 12 }),
  latency: fc.constantFrom(0, 3),
  /** How long the state takes, and when within that time it is read. */
  taking: fc.option(fc.record({ before: fc.nat(8), after: fc.nat(8) }), { nil: undefined }),
});

const ways: Readonly<Record<string, (items: Feed<typeof Items>, snapshot: Snapshot) => ReturnType<typeof sse>>> = {
  'a mounted feed': (items, snapshot) => sse({ resume: { snapshot }, onError: () => 'cut' }, items),
  'a pipeline': (items, snapshot) => sse({ onError: () => 'cut' }, (context) => items.read(context, { snapshot })),
};

/** The events that are published, and those of the state. */
const kinds = {
  'whose events can be applied twice': { publish: 'Set', state: 'Set', isExact: false },
  'at an exact cursor, whose events must not be applied twice': { publish: 'Added', state: 'Total', isExact: true },
} as const;

describe('a reader that starts with a snapshot and is cut at any time', function () {
  this.timeout(60_000);

  for (const [way, mount] of Object.entries(ways)) {
    for (const [kind, { publish, state, isExact }] of Object.entries(kinds)) {
      it(`has the state of the feed at the end, of ${way} ${kind}`, () => {
        const play = ({ connections, maxEntries, latency, taking }: History): void =>
          marbles((helpers) => {
            // A snapshot that is outdated twice is reported, and its reader reconnects.
            helpers.reportedErrors();
            const log = memoryLog({ maxEntries });
            let epoch = '';
            log.read(0, 0).subscribe((page) => {
              epoch = page.epoch;
            });
            const items = feed(Items, { log: latency === 0 ? log : withLatency(log, latency) });
            const truth = new Map<number, number>();
            let published = 0;
            const stateNow = (): ReturnType<Snapshot> => {
              const all = [...truth].map(([of, n]) => Items[state]({ of, n }));
              return isExact ? { events: all, cursor: `1.${epoch}.${published}` } : all;
            };
            const snapshot = (): ReturnType<Snapshot> => {
              if (taking === undefined) return stateNow();
              let read: ReturnType<Snapshot> = [];
              timer(taking.before).subscribe(() => {
                read = stateNow();
              });
              return laterOf(() => read, taking.before + taking.after + 1) as never;
            };
            const route = mount(items, snapshot);
            const held = new Map<number, number>();
            let cursor: string | undefined;

            const publishOne = (of: number): void => {
              published++;
              truth.set(of, (truth.get(of) ?? 0) + 1);
              items.publish(Items[publish]({ of, n: isExact ? 1 : (truth.get(of) ?? 0) }));
            };
            for (const each of [...connections, lastConnection]) {
              for (const { event, id, data } of playConnection(helpers, route, each, cursor, publishOne)) {
                cursor = id ?? cursor;
                if (event !== 'added' && event !== 'set' && event !== 'total') continue;
                const { of, n } = JSON.parse(data);
                held.set(of, event === 'added' ? (held.get(of) ?? 0) + n : n);
              }
            }
            expect(Object.fromEntries(held)).to.deep.equal(Object.fromEntries(truth));
          })();
        fc.assert(fc.property(histories, play), { numRuns: 150 });
      });
    }
  }
});

interface History {
  readonly connections: readonly ScriptedConnection[];
  readonly maxEntries: number;
  readonly latency: number;
  readonly taking: { readonly before: number; readonly after: number } | undefined;
}
