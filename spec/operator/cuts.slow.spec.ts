import { expect } from 'chai';
import fc from 'fast-check';
import * as t from 'io-ts';
import { asyncScheduler, type Observable } from 'rxjs';
import { type Entry, type EventOf, events, feed, type Gap, sse } from '../../lib/index.ts';
import { conflateBy } from '../../lib/operator/conflateBy.ts';
import { dedupe } from '../../lib/operator/dedupe.ts';
import { filterEvents } from '../../lib/operator/filterEvents.ts';
import { groupedWithin } from '../../lib/operator/groupedWithin.ts';
import { keepAlive } from '../../lib/operator/keepAlive.ts';
import { mapAsync } from '../../lib/operator/mapAsync.ts';
import { mapEvents } from '../../lib/operator/mapEvents.ts';
import { matchEvents } from '../../lib/operator/matchEvents.ts';
import { mergeEvents } from '../../lib/operator/mergeEvents.ts';
import { rateLimit } from '../../lib/operator/rateLimit.ts';
import { restartWithBackoff } from '../../lib/operator/restartWithBackoff.ts';
import { timeouts } from '../../lib/operator/timeouts.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import type { TestReader } from '../../lib/testing/TestReader.ts';
import { comment } from '../../lib/wire/index.ts';
import { later } from '../support/later.ts';

/** An event with the numbers of the published events that were combined into it. */
const Parts = events({ Part: { key: t.number, numbers: t.array(t.number) } });
const { Part } = Parts;
type PartEvent = EventOf<typeof Parts>;
type PartEntry = Entry<PartEvent | Gap>;

interface Stage {
  apply(entries: Observable<PartEntry>): Observable<PartEntry>;
  /** Returns the published events that must be received, of those that the operator receives. @default all of them */
  readonly must?: (numbers: readonly number[]) => readonly number[];
}

const keyOf = ({ data }: PartEvent): number => data.key;
const together = (held: PartEvent, { data }: PartEvent): PartEvent =>
  Part({ key: data.key, numbers: [...held.data.numbers, ...data.numbers] });
const joined = (group: readonly PartEvent[]): PartEvent =>
  Part({ key: group[0]?.data.key ?? 0, numbers: group.flatMap(({ data }) => data.numbers) });
const isWanted = (number: number): boolean => number % 4 !== 1;
const lastOfEachKey = (numbers: readonly number[]): readonly number[] => [
  ...new Map(numbers.map((number) => [keyOfNumber(number), number])).values(),
];
const keyOfNumber = (number: number): number => [0, 1, 0, 2, 1, 1, 0, 2][number % 8] ?? 0;
const calls = (event: PartEvent): PromiseLike<PartEvent> => later(event.data.key + 1, Part({ ...event.data }));

const stages: Readonly<Record<string, Stage>> = {
  'conflateBy with merge': {
    apply: (entries) => entries.pipe(conflateBy<PartEntry>(keyOf, { interval: 7, merge: together })),
  },
  'conflateBy with merge and maxKeys': {
    apply: (entries) => entries.pipe(conflateBy<PartEntry>(keyOf, { interval: 7, maxKeys: 2, merge: together })),
  },
  conflateBy: {
    apply: (entries) => entries.pipe(conflateBy<PartEntry>(keyOf, { interval: 6 })),
    must: lastOfEachKey,
  },
  groupedWithin: {
    apply: (entries) => entries.pipe(groupedWithin<PartEntry>({ maxEvents: 3, maxDelay: 5 }), mapEvents(joined)),
  },
  rateLimit: { apply: (entries) => entries.pipe(rateLimit({ maxEvents: 1, interval: 3, burst: 2 })) },
  mapAsync: { apply: (entries) => entries.pipe(mapAsync(calls, { concurrency: 2 })) as Observable<PartEntry> },
  dedupe: {
    apply: (entries) => entries.pipe(dedupe(({ data }) => (data.numbers[0] ?? 0) >> 1)),
    must: (numbers) => numbers.filter((number) => number % 2 === 0),
  },
  keepAlive: {
    apply: (entries) =>
      entries.pipe(keepAlive({ interval: 4, value: () => comment('still here') })) as Observable<PartEntry>,
  },
  mergeEvents: { apply: (entries) => mergeEvents({ entries }) },
  restartWithBackoff: { apply: (entries) => restartWithBackoff(() => entries) },
  timeouts: { apply: (entries) => entries.pipe(timeouts({ total: 1e6 })) },
  filterEvents: {
    apply: (entries) => entries.pipe(filterEvents(({ data }) => data.numbers.some(isWanted))),
    must: (numbers) => numbers.filter(isWanted),
  },
  mapEvents: { apply: (entries) => entries.pipe(mapEvents(({ data }) => Part({ ...data }))) },
  matchEvents: { apply: (entries) => entries.pipe(matchEvents({ part: ({ data }) => Part({ ...data }) })) },
};

const names = Object.keys(stages);
/** Removes the comments of `keepAlive`, which are no events for the operators after it. */
const firsts = names.filter((name) => name !== 'keepAlive');
const combining: readonly string[] = names.filter((name) => name.includes('merge') || name === 'groupedWithin');
const partial: readonly string[] = ['conflateBy', 'dedupe'];

/** Returns the published numbers that must be received; `undefined` when the chain does not determine them. */
function mustArrive(chain: readonly string[], published: readonly number[]): readonly number[] {
  const [first = '', second = ''] = chain;
  if (partial.includes(second) && (partial.includes(first) || combining.includes(first))) return [];
  if (partial.includes(second) && stages[first]?.must !== undefined) return [];
  return chain.reduce((numbers, name) => stages[name]?.must?.(numbers) ?? numbers, published);
}

interface Received {
  readonly at: number;
  readonly id: string | undefined;
  readonly numbers: readonly number[];
}

function receivedBy({ frames }: TestReader): readonly Received[] {
  return frames.flatMap(({ frame, at }) => {
    if (frame._tag !== 'Message') return [];
    const { id, event, data } = frame;
    expect(event, 'a gap').to.not.equal('rxsse.gap');
    return [{ at, id, numbers: event === 'part' ? (JSON.parse(data) as PartEvent['data']).numbers : [] }];
  });
}

/** Runs the route with a reader whose connection stays open and, with a cursor, one that reconnects with it. */
function play(chain: readonly string[], waits: readonly number[], back?: { readonly at: number; readonly id: string }) {
  let stable: readonly Received[] = [];
  let resumed: readonly Received[] = [];
  marbles(({ reader, flush }) => {
    const shared = feed(Parts);
    const route = sse({ heartbeat: 9 }, (context) =>
      chain.reduce<Observable<PartEntry>>(
        (entries, name) => stages[name]?.apply(entries) ?? entries,
        shared.read(context),
      ),
    );
    let at = 1;
    waits.forEach((wait, number) => {
      at += wait;
      asyncScheduler.schedule(
        () => void shared.publish(Part({ key: keyOfNumber(number), numbers: [number] })).subscribe(),
        at,
      );
    });
    const steady = reader(route, { socket: '400ms X' });
    const returned = back && reader(route, { at: `${back.at}ms`, lastEventId: back.id, socket: '800ms X' });
    flush();
    expect([steady.cutAt, returned?.cutAt], 'cut').to.deep.equal([undefined, undefined]);
    stable = receivedBy(steady);
    if (returned !== undefined) resumed = receivedBy(returned);
  })();
  return { stable, resumed };
}

function check(chain: readonly string[], waits: readonly number[], cut: number): void {
  const { stable } = play(chain, waits);
  const index = cut % stable.length;
  const before = stable.slice(0, index + 1);
  const id = before.findLast((message) => message.id !== undefined)?.id;
  if (id === undefined) throw new Error('the first frame has no position');
  const { resumed } = play(chain, waits, { at: (before.at(-1)?.at ?? 0) + 1, id });

  const numbersOf = (messages: readonly Received[]) => messages.flatMap(({ numbers }) => numbers);
  const published = waits.map((_, number) => number);
  const due = mustArrive(chain, published);
  const all = new Set([...numbersOf(before), ...numbersOf(resumed)]);
  expect(
    due.filter((number) => !all.has(number)),
    'lost',
  ).to.deep.equal([]);
  // Events without a position after the last one are received again.
  const settled = numbersOf(before.slice(0, before.findLastIndex((message) => message.id !== undefined) + 1));
  const again = numbersOf(resumed);
  expect(
    again.filter((number) => settled.includes(number)),
    'repeated',
  ).to.deep.equal([]);
  for (const numbers of [numbersOf(stable), again]) {
    expect(new Set(numbers).size, 'twice on one connection').to.equal(numbers.length);
  }
}

const waits = fc.array(fc.nat(5), { minLength: 1, maxLength: 24 });

describe('a reader that is cut after any frame of a pipeline and reconnects', () => {
  for (const name of names) {
    it(`misses and repeats no event with ${name}`, () => {
      fc.assert(
        fc.property(waits, fc.nat(), (schedule, cut) => check([name], schedule, cut)),
        { numRuns: 40 },
      );
    });
  }

  it('misses and repeats no event with two operators', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...firsts),
        fc.constantFrom(...names),
        waits,
        fc.nat(),
        (first, second, schedule, cut) => check([first, second], schedule, cut),
      ),
      { numRuns: 150 },
    );
  });
});
