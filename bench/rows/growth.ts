import type { Option, Scenario } from '../Scenario.ts';
import type { Session } from '../Session.ts';
import { type Budget, type Entry, type Look, type Measured, type Row, ratio } from './Row.ts';
import { throughput } from './throughput.ts';

const columns = {
  cost: 'µs a delivery',
  rate: 'deliveries/s',
  together: 'events a write',
  serverBusy: 'server busy',
  loadBusy: 'readers busy',
};

function entry(label: string, burst: number, scenario: Omit<Scenario, 'peer'> & Partial<Scenario>): Entry {
  return { label, scenario: { peer: 'rxsse', ...scenario }, measure: throughput(burst) };
}

const counts = [1, 10, 100, 1000, 10_000];
const ofReaders = (readers: number): string => `${readers} readers`;

export const byReaders: Row = {
  name: 'readers',
  title: 'Cost of a delivery by the number of readers',
  how: 'One event a turn, flat out; processor time of the server for each delivery.',
  entries: counts.map((readers) => entry(ofReaders(readers), 1, { readers })),
  columns,
  goals: [
    {
      what: 'the most expensive of 10 to 10,000 readers, to 10',
      unit: 'x',
      value: (look) => growth(look, counts.slice(1).map(ofReaders)),
      least: 1.5,
      aim: 1.1,
      more: false,
    },
  ],
};

export const byReadersInBursts: Row = {
  ...byReaders,
  name: 'readers-bursts',
  title: 'The same, bursts of 50',
  how: '50 events a turn, flat out.',
  entries: counts.map((readers) => entry(ofReaders(readers), 50, { readers })),
};

/** Returns the highest cost divided by the first. */
function growth(look: Look, labels: readonly string[]): number | undefined {
  const costs = labels.map((label) => look(label, 'cost')).filter((cost) => cost !== undefined);
  const [first] = costs;
  return first === undefined || costs.length < labels.length ? undefined : Math.max(...costs) / first;
}

const feedCounts = [1, 10, 100, 1000];

export const byFeeds: Row = {
  name: 'feeds-number',
  title: 'Cost of a delivery by the number of feeds',
  how: '10 readers each, an event to every feed in each turn, flat out.',
  entries: feedCounts.map((feeds) => entry(`${feeds} feeds`, 1, { readers: feeds * 10, feeds })),
  columns,
  goals: [],
};

const sizes = [60, 110, 500, 2000, 10_000];

export const bySize: Row = {
  name: 'size',
  title: 'Cost of a delivery by the size of an event',
  how: '100 readers, one event a turn, flat out; the data alone is so many characters.',
  entries: sizes.map((size) => entry(`${size} bytes`, 1, { readers: 100, size })),
  columns: { ...columns, megabytes: 'MB/s' },
  goals: [],
};

const million = 1_000_000;

/** Measures the memory of one feed with one reader as the number of events grows. */
async function published(session: Session, { quick }: Budget): Promise<Measured> {
  const steps = quick ? 2 : 10;
  const part = quick ? million / 10 : million;
  await session.publish({ events: 100_000, burst: 50 });
  const early = await session.memory();
  const costs: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { used, load } = await session.publish({ events: part, burst: 50 });
    costs.push(used.cpu / load.deliveries);
  }
  const late = await session.memory();
  const [first = 0] = costs;
  return {
    figures: {
      early: early.held / 2 ** 20,
      late: late.held / 2 ** 20,
      growth: (late.held - early.held) / 2 ** 20,
      first,
      cost: costs.at(-1) ?? 0,
      events: 100_000 + steps * part,
    },
  };
}

export const byEvents: Row = {
  name: 'events',
  title: 'A feed in which 10,000,000 events are published',
  how: 'The default log, one reader, bursts of 50: the memory of V8 after the first 100,000 events and at the end.',
  entries: [
    {
      label: 'rxsse',
      scenario: { peer: 'rxsse', readers: 1, options: ['bounded'] },
      measure: published,
    },
  ],
  columns: {
    events: 'events',
    early: 'MB held after 100,000',
    late: 'MB at the end',
    first: 'µs an event, at first',
    cost: 'at the end',
  },
  goals: [
    {
      what: 'MB more at the end',
      unit: 'MB',
      value: (look) => look('rxsse', 'growth'),
      least: 2,
      aim: 0.5,
      more: false,
    },
    { what: 'an event, at the end', unit: 'x', value: (look) => perEvent(look), least: 1.5, aim: 1.1, more: false },
  ],
  rounds: 1,
};

function perEvent(look: Look): number | undefined {
  const first = look('rxsse', 'first');
  const last = look('rxsse', 'cost');
  return first === undefined || last === undefined ? undefined : last / first;
}

const shared = { readers: 100 };
const switched: readonly [string, Option][] = [
  ['heartbeat 100 ms', 'heartbeat'],
  ['plain events, checked', 'events'],
  ['lmdbLog', 'lmdb'],
];

export const options: Row = {
  name: 'options',
  title: 'What an option costs when it is switched on',
  how: '100 readers, one event a turn, flat out; for `resume: true` one reader and bursts of 50. Counters are always on.',
  entries: [
    entry('a feed, as it is', 1, shared),
    ...switched.map(([label, option]) => entry(label, 1, { ...shared, options: [option] })),
    entry('a stream, as it is', 50, { readers: 1, route: 'own' }),
    entry('resume: true', 50, { readers: 1, route: 'own', options: ['runs'] }),
  ],
  columns,
  goals: [
    ...switched.map(([label]) => ({
      what: `${label}, a delivery`,
      unit: 'x',
      value: (look: Look) => ratio(look, 'cost', label, 'a feed, as it is'),
      more: false,
    })),
    {
      what: 'resume: true, a delivery',
      unit: 'x',
      value: (look) => ratio(look, 'cost', 'resume: true', 'a stream, as it is'),
      more: false,
    },
  ],
};

export const calibration: Row = {
  name: 'load',
  title: 'What the load generator can take',
  how: '1000 readers of a server that joins 2000 events into one Buffer that all share: the server does next to nothing, and what limits is the kernel and the load generator.',
  entries: [
    { label: 'Node, joined', scenario: { peer: 'joined', readers: 1000 }, measure: throughput(2000) },
    { label: 'Node, joined, 100 readers', scenario: { peer: 'joined', readers: 100 }, measure: throughput(2000) },
  ],
  columns,
  goals: [],
};
