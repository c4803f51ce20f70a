/**
 * Measures the cost of an event in each operator, and in the closest one of RxJS:
 * `node --expose-gc --import tsx bench/operators/run.ts [rounds] [values] [operator]`.
 *
 * A hundred readers have one operator each, as the routes of a server have: for a
 * single one V8 generates code that a server would not run.
 *
 * The two alternate, so that disturbances of the machine affect both alike. Printed
 * are the medians, and the median of the ratios of neighbouring rounds.
 */
import {
  auditTime,
  bufferCount,
  bufferTime,
  concatMap,
  defer,
  distinct,
  filter,
  groupBy,
  map,
  merge,
  mergeMap,
  type Observable,
  retry,
  Subject,
  timeout,
} from 'rxjs';
import {
  conflateBy,
  dedupe,
  filterEvents,
  groupedWithin,
  keepAlive,
  mapAsync,
  mapEvents,
  mergeEvents,
  rateLimit,
  restartWithBackoff,
  timeouts,
} from '../../lib/index.ts';

interface Tick {
  readonly type: 'tick';
  readonly data: { readonly symbol: number; readonly n: number };
}

type Over = (ticks: Observable<Tick>) => Observable<unknown>;

interface Pair {
  readonly name: string;
  readonly ours: Over;
  readonly theirs: Over;
  readonly nearest: string;
  /** The number of values that a reader receives in one turn of the loop. @default all */
  readonly turn?: number;
}

const second = 1000;
const symbolOf = ({ data }: Tick): number => data.symbol;

const pairs: readonly Pair[] = [
  {
    name: 'keepAlive',
    ours: (ticks) => ticks.pipe(keepAlive({ interval: 10 * second, value: () => undefined })),
    nearest: 'timeout({ each })',
    theirs: (ticks) => ticks.pipe(timeout({ each: 10 * second })),
  },
  {
    name: 'timeouts',
    ours: (ticks) => ticks.pipe(timeouts({ first: second, idle: 10 * second, total: 1000 * second })),
    nearest: 'timeout({ first, each })',
    theirs: (ticks) => ticks.pipe(timeout({ first: second, each: 10 * second })),
  },
  {
    name: 'groupedWithin',
    ours: (ticks) => ticks.pipe(groupedWithin({ maxEvents: 100, maxDelay: second })),
    nearest: 'bufferTime(ms, null, count)',
    theirs: (ticks) => ticks.pipe(bufferTime(second, null, 100)),
  },
  {
    name: 'groupedWithin, count alone',
    ours: (ticks) => ticks.pipe(groupedWithin({ maxEvents: 100 })),
    nearest: 'bufferCount(count)',
    theirs: (ticks) => ticks.pipe(bufferCount(100)),
  },
  {
    name: 'mapAsync(1)',
    ours: (ticks) => ticks.pipe(mapAsync((tick) => Promise.resolve(tick), { concurrency: 1 })),
    nearest: 'concatMap',
    theirs: (ticks) => ticks.pipe(concatMap((tick) => Promise.resolve(tick))),
    turn: 10,
  },
  {
    name: 'mapAsync(8)',
    ours: (ticks) => ticks.pipe(mapAsync((tick) => Promise.resolve(tick), { concurrency: 8 })),
    nearest: 'mergeMap(f, 8)',
    theirs: (ticks) => ticks.pipe(mergeMap((tick) => Promise.resolve(tick), 8)),
    turn: 10,
  },
  {
    name: 'conflateBy',
    ours: (ticks) => ticks.pipe(conflateBy(symbolOf, { interval: 5 })),
    nearest: 'groupBy + auditTime',
    theirs: (ticks) =>
      ticks.pipe(
        groupBy(symbolOf),
        mergeMap((group) => group.pipe(auditTime(5))),
      ),
    turn: 10,
  },
  {
    name: 'dedupe',
    ours: (ticks) => ticks.pipe(dedupe(({ data }) => data.n)),
    nearest: 'distinct',
    theirs: (ticks) => ticks.pipe(distinct(({ data }) => data.n)),
  },
  {
    name: 'dedupe, of repeats',
    ours: (ticks) => ticks.pipe(dedupe(symbolOf)),
    nearest: 'distinct',
    theirs: (ticks) => ticks.pipe(distinct(symbolOf)),
  },
  {
    name: 'rateLimit, below its rate',
    ours: (ticks) => ticks.pipe(rateLimit({ maxEvents: 1e9, interval: 1, burst: 1e9 })),
    nearest: 'concatMap to one value',
    theirs: (ticks) => ticks.pipe(concatMap((tick) => [tick])),
  },
  {
    name: 'mergeEvents',
    ours: (ticks) => mergeEvents({ a: ticks, b: ticks }),
    nearest: 'merge',
    theirs: (ticks) => merge(ticks, ticks),
  },
  {
    name: 'restartWithBackoff',
    ours: (ticks) => restartWithBackoff(() => ticks),
    nearest: 'defer + retry({ delay })',
    theirs: (ticks) => defer(() => ticks).pipe(retry({ delay: second })),
  },
  {
    name: 'filterEvents',
    ours: (ticks) => ticks.pipe(filterEvents(({ data }) => data.n % 2 === 0)),
    nearest: 'filter',
    theirs: (ticks) => ticks.pipe(filter(({ data }) => data.n % 2 === 0)),
  },
  {
    name: 'mapEvents',
    ours: (ticks) => ticks.pipe(mapEvents(({ data }) => data.n)),
    nearest: 'map',
    theirs: (ticks) => ticks.pipe(map(({ data }) => data.n)),
  },
];

const readers = 100;

const [, , roundsText = '9', valuesText = '200000'] = process.argv;
const rounds = Number(roundsText);
const values = Number(valuesText);

/** Returns the processor time per value and reader, in nanoseconds, which other load of the machine does not change. */
async function cost(over: Over, turn = values): Promise<number> {
  const ticks = new Subject<Tick>();
  let received = 0;
  const all = Array.from({ length: readers }, () => over(ticks).subscribe(() => received++));
  const each = values / readers;
  const start = process.cpuUsage();
  for (let n = 0; n < each; n++) {
    ticks.next({ type: 'tick', data: { symbol: n % 100, n } });
    if (n % turn === turn - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(start);
  for (const reader of all) reader.unsubscribe();
  if (received === 0) throw new Error('nothing came out');
  return ((user + system) * 1000) / values;
}

const subscriptions = 20_000;

/** Returns the processor time to subscribe and unsubscribe one reader, in nanoseconds. */
function subscriptionCost(over: Over): number {
  const all = over(new Subject<Tick>());
  const start = process.cpuUsage();
  for (let n = 0; n < subscriptions; n++) all.subscribe().unsubscribe();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / subscriptions;
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Measures both in alternating rounds; returns their medians and the median of the ratios. */
async function compared(measure: (over: Over) => number | Promise<number>, { ours, theirs }: Pair) {
  const [our, their, ratios]: [number[], number[], number[]] = [[], [], []];
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    const both = { ours: 0, theirs: 0 };
    const order = round % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const);
    for (const which of order) {
      globalThis.gc?.();
      both[which] = await measure(which === 'ours' ? ours : theirs);
    }
    if (round === 0) continue;
    our.push(both.ours);
    their.push(both.theirs);
    ratios.push(both.ours / both.theirs);
  }
  return [median(our).toFixed(0), median(their).toFixed(0), median(ratios).toFixed(2)];
}

const [chosen] = process.argv.slice(4);
console.log('| operator | nearest of RxJS | ns an event | of RxJS | ratio | ns a reader | of RxJS | ratio |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const pair of pairs) {
  if (chosen !== undefined && !pair.name.startsWith(chosen)) continue;
  const anEvent = await compared((over) => cost(over, pair.turn), pair);
  const aReader = await compared(subscriptionCost, pair);
  console.log(`| ${[pair.name, pair.nearest, ...anEvent, ...aReader].join(' | ')} |`);
}
