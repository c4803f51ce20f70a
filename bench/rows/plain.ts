import type { PeerName, Scenario } from '../Scenario.ts';
import type { Session } from '../Session.ts';
import { type Budget, type Entry, type Measured, type Row, ratio } from './Row.ts';
import { throughput } from './throughput.ts';

const by = 'RxJS + Express by hand';
const library = 'rxsse, `sse(subject)`';
const columns = {
  rate: 'deliveries/s',
  cost: 'µs a delivery',
  together: 'events a write',
  serverBusy: 'server busy',
  loadBusy: 'readers busy',
};

const others: readonly { readonly label: string; readonly peer: PeerName }[] = [
  { label: by, peer: 'hand' },
  { label: 'better-sse', peer: 'better-sse' },
  { label: '@fastify/sse', peer: 'fastify' },
];

/** Returns one entry for a Subject that each reader of a route subscribes to, and one for each peer. */
function entriesOf(burst: number, scenario: Omit<Scenario, 'peer'>): readonly Entry[] {
  return [
    { label: library, scenario: { ...scenario, peer: 'rxsse', route: 'own' }, measure: throughput(burst) },
    ...others.map(({ label, peer }) => ({
      label,
      scenario: { ...scenario, peer },
      measure: throughput(burst),
      slow: peer !== 'hand',
    })),
  ];
}

function fanOutOf(name: string, burst: number, title: string, least: number, aim: number): Row {
  return {
    name,
    title,
    how: 'A plain Observable and no feed: `sse(subject)`, which every reader subscribes to.',
    entries: entriesOf(burst, { readers: 1000 }),
    columns,
    goals: [{ what: 'by hand', unit: 'x', value: (look) => ratio(look, 'rate', library, by), least, aim, more: true }],
  };
}

export const subject = fanOutOf('subject', 1, '1000 readers of a Subject, one event a turn, flat out', 5, 20);
export const subjectBursts = fanOutOf('subject-bursts', 50, '1000 readers of a Subject, bursts of 50', 10, 40);

const counts = [10, 100, 1000, 5000];

export const subjectReaders: Row = {
  name: 'subject-readers',
  title: 'Readers of a Subject by their number',
  how: 'One event a turn, flat out.',
  entries: counts.flatMap((readers): readonly Entry[] => [
    { label: `rxsse, ${readers}`, scenario: { peer: 'rxsse', route: 'own', readers }, measure: throughput(1) },
    { label: `by hand, ${readers}`, scenario: { peer: 'hand', readers }, measure: throughput(1) },
  ]),
  columns,
  goals: counts.map((readers) => ({
    what: `${readers} readers, by hand`,
    unit: 'x',
    value: (look) => ratio(look, 'rate', `rxsse, ${readers}`, `by hand, ${readers}`),
    least: 1,
    more: true,
  })),
};

async function paced(session: Session, { seconds }: Budget): Promise<Measured> {
  const rate = 20;
  await session.publish({ events: 20, burst: 1, rate });
  const { used, load } = await session.publish({ events: Math.ceil(Math.max(2, seconds) * rate), burst: 1, rate });
  const { longestOwn, longestSlice, longest, longestGc } = used.turns;
  return { figures: { longestOwn, longestSlice, longest, longestGc, cost: used.cpu / load.deliveries } };
}

export const subjectTurn: Row = {
  name: 'subject-turn',
  title: 'The longest turn of the loop, a Subject with 5000 readers, 20 events a second',
  how: 'A turn with everything in it, the publisher and the kernel included, but for garbage collection.',
  entries: [
    { label: library, scenario: { peer: 'rxsse', route: 'own', readers: 5000, watch: true }, measure: paced },
    { label: by, scenario: { peer: 'hand', readers: 5000, watch: true }, measure: paced },
  ],
  columns: {
    longestOwn: 'longest turn ms',
    longestSlice: 'longest slice ms',
    longest: 'with collection',
    longestGc: 'longest collection',
    cost: 'µs a delivery',
  },
  goals: [
    { what: 'longest turn', unit: 'ms', value: (look) => look(library, 'longestOwn'), least: 10, aim: 3, more: false },
  ],
};

const tiny = { readers: 1, size: 0 } as const;
const feed = 'rxsse, a feed';

export const one: Row = {
  name: 'one',
  title: 'One reader, tiny events, one event a turn',
  how: 'As tokens of an answer come one by one: some 45 bytes of data an event.',
  entries: [
    { label: library, scenario: { ...tiny, peer: 'rxsse', route: 'own' }, measure: throughput(1) },
    { label: feed, scenario: { ...tiny, peer: 'rxsse', route: 'shared' }, measure: throughput(1) },
    { label: by, scenario: { ...tiny, peer: 'hand' }, measure: throughput(1) },
    { label: 'better-sse', scenario: { ...tiny, peer: 'better-sse' }, measure: throughput(1), slow: true },
  ],
  columns,
  goals: [
    {
      what: 'a feed, by hand',
      unit: 'x',
      value: (look) => ratio(look, 'rate', feed, by),
      least: 1,
      aim: 1.2,
      more: true,
    },
    {
      what: 'an Observable, by hand',
      unit: 'x',
      value: (look) => ratio(look, 'rate', library, by),
      least: 1.1,
      aim: 1.2,
      more: true,
    },
  ],
};
