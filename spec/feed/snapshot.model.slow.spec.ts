import { expect } from 'chai';
import fc from 'fast-check';
import * as t from 'io-ts';
import { asyncScheduler, timer } from 'rxjs';
import { events, type Feed, feed, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { laterOf } from './laterOf.ts';

const item = { of: t.number, n: t.number };
const Items = events({ Set: item, Added: item, Total: item });
type Item = ReturnType<typeof Items.Set> | ReturnType<typeof Items.Added> | ReturnType<typeof Items.Total>;
type Snapshot = () => Item[] | { events: Item[]; cursor: string };

/** The steps of one connection. */
const connection = fc.record({
  publications: fc.array(fc.record({ at: fc.nat(60), of: fc.nat(2), count: fc.integer({ min: 1, max: 4 }) }), {
    maxLength: 12,
  }),
  cut: fc.integer({ min: 1, max: 70 }),
  /** The share of the sent frames that is received, in percent. */
  arrived: fc.oneof(fc.constant(100), fc.nat(100)),
  /** `L` loses the last write. */
  how: fc.constantFrom('X', 'L'),
  /** The time at which its socket is full, and the duration. */
  full: fc.option(fc.record({ at: fc.nat(50), for: fc.integer({ min: 1, max: 30 }) }), { nil: undefined }),
});
const histories = fc.record({
  connections: fc.array(connection, { minLength: 1, maxLength: 5 }),
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
          marbles(({ reader, flush, reportedErrors }) => {
            // A snapshot that is outdated twice is reported, and its reader reconnects.
            reportedErrors();
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

            const connect = ({ publications, cut, how, arrived, full }: Connection): void => {
              const start = asyncScheduler.now() + 10;
              for (const { at, of, count } of publications) {
                timer(at + 10).subscribe(() => {
                  for (let left = count; left > 0; left--) {
                    published++;
                    truth.set(of, (truth.get(of) ?? 0) + 1);
                    items.publish(Items[publish]({ of, n: isExact ? 1 : (truth.get(of) ?? 0) }));
                  }
                });
              }
              const isFull = full !== undefined && full.at + full.for < cut;
              const pressure = isFull ? `${start + full.at}ms F ${full.for - 1}ms D ` : '';
              const rest = isFull ? cut - full.at - full.for - 1 : start + cut;
              const r = reader(route, {
                at: `${start}ms`,
                socket: `${pressure}${Math.max(rest, 0)}ms ${how}`,
                ...(cursor !== undefined && { lastEventId: cursor }),
              });
              flush();
              for (const { frame } of r.frames.slice(0, Math.ceil((r.frames.length * arrived) / 100))) {
                if (frame._tag !== 'Message') continue;
                cursor = frame.id ?? cursor;
                if (frame.event === 'added') {
                  const { of, n } = JSON.parse(frame.data);
                  held.set(of, (held.get(of) ?? 0) + n);
                } else if (frame.event === 'set' || frame.event === 'total') {
                  const { of, n } = JSON.parse(frame.data);
                  held.set(of, n);
                }
              }
            };
            for (const each of connections) connect(each);
            connect({ publications: [], cut: 5000, how: 'X', arrived: 100, full: undefined });
            expect(Object.fromEntries(held)).to.deep.equal(Object.fromEntries(truth));
          })();
        fc.assert(fc.property(histories, play), { numRuns: 150 });
      });
    }
  }
});

interface Connection {
  readonly publications: readonly { readonly at: number; readonly of: number; readonly count: number }[];
  readonly cut: number;
  readonly how: string;
  readonly arrived: number;
  readonly full: { readonly at: number; readonly for: number } | undefined;
}

interface History {
  readonly connections: readonly Connection[];
  readonly maxEntries: number;
  readonly latency: number;
  readonly taking: { readonly before: number; readonly after: number } | undefined;
}
