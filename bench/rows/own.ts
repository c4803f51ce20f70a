import type { Scenario } from '../Scenario.ts';
import type { Session } from '../Session.ts';
import { type Budget, type Entry, figuresOf, type Measured, type Row, ratio, withProfile } from './Row.ts';
import { throughput } from './throughput.ts';

const by = 'RxJS + Express by hand';
const columns = {
  rate: 'deliveries/s',
  cost: 'µs a delivery',
  together: 'events a write',
  serverBusy: 'server busy',
  loadBusy: 'readers busy',
};

const tiny = { readers: 1, size: 0, route: 'own' } as const;

export const relay: Row = {
  name: 'relay',
  title: 'One reader, tiny events, bursts of 50',
  how: 'As tokens of an answer are relayed: `sse(stream)` of one request, some 45 bytes of data an event.',
  entries: [
    { label: 'rxsse', scenario: { ...tiny, peer: 'rxsse' }, measure: throughput(50) },
    { label: 'rxsse, resume: true', scenario: { ...tiny, peer: 'rxsse', options: ['runs'] }, measure: throughput(50) },
    { label: 'rxsse, a feed', scenario: { ...tiny, peer: 'rxsse', route: 'shared' }, measure: throughput(50) },
    { label: 'rxsse, a pipeline', scenario: { ...tiny, peer: 'rxsse', route: 'mine' }, measure: throughput(50) },
    { label: by, scenario: { ...tiny, peer: 'hand' }, measure: throughput(50) },
    { label: 'Node, joined', scenario: { ...tiny, peer: 'joined' }, measure: throughput(50) },
    { label: 'better-sse', scenario: { ...tiny, peer: 'better-sse' }, measure: throughput(50), slow: true },
    { label: '@fastify/sse', scenario: { ...tiny, peer: 'fastify' }, measure: throughput(50), slow: true },
    { label: 'NestJS `@Sse`', scenario: { ...tiny, peer: 'nest' }, measure: throughput(50), slow: true },
    { label: 'Hono `streamSSE`', scenario: { ...tiny, peer: 'hono' }, measure: throughput(50), slow: true },
    { label: 'tRPC subscription', scenario: { ...tiny, peer: 'trpc' }, measure: throughput(50), slow: true },
  ],
  columns,
  goals: [
    { what: 'by hand', unit: 'x', value: (look) => ratio(look, 'rate', 'rxsse', by), least: 1.5, more: true },
    {
      what: 'a feed, by hand',
      unit: 'x',
      value: (look) => ratio(look, 'rate', 'rxsse, a feed', by),
      least: 1.5,
      more: true,
    },
    {
      what: 'a pipeline, by hand',
      unit: 'x',
      value: (look) => ratio(look, 'rate', 'rxsse, a pipeline', by),
      least: 1,
      more: true,
    },
    {
      what: 'joined, the limit',
      unit: 'x',
      value: (look) => ratio(look, 'rate', 'rxsse', 'Node, joined'),
      aim: 0.9,
      more: true,
    },
  ],
};

const mine = { readers: 1000, users: 10, route: 'mine' } as const;

function pipelined(name: string, burst: number, title: string): Row {
  const entry = (label: string, peer: Scenario['peer']): Entry => ({
    label,
    scenario: { ...mine, peer },
    measure: throughput(burst),
  });
  return {
    name,
    title,
    how: 'A shared stream, filtered for each reader: 10 users with 100 readers each, an event for one user at a time.',
    entries: [entry('rxsse', 'rxsse'), entry(by, 'hand')],
    columns,
    goals: [
      { what: 'by hand', unit: 'x', value: (look) => ratio(look, 'rate', 'rxsse', by), least: 3, aim: 10, more: true },
    ],
  };
}

export const pipelines = pipelined('pipelines', 1, '1000 readers with a filter each, one event a turn');
export const pipelineBursts = pipelined('pipeline-bursts', 50, '1000 readers with a filter each, bursts of 50');

const bulk = 8192;

async function withStuck(session: Session, { quick }: Budget): Promise<Measured> {
  const before = await session.memory();
  const phase = await session.publish({ events: quick ? 1000 : 2000, burst: 1 });
  const { held } = await session.memory();
  return { figures: { ...figuresOf(phase), held: (held - before.held) / 2 ** 20 } };
}

function stuckEntry(label: string, peer: Scenario['peer'], stuck: number): Entry {
  return { label, scenario: { peer, readers: 180 + stuck, stuck, size: bulk }, measure: withStuck };
}

export const stuck: Row = {
  name: 'stuck',
  title: '20 of 200 readers never read',
  how: 'Events of 8 KiB, 16 MB for each reader; what the server holds more than without the 20, and how fast the other 180 get theirs.',
  entries: [
    stuckEntry('rxsse', 'rxsse', 20),
    stuckEntry('rxsse, without them', 'rxsse', 0),
    stuckEntry(by, 'hand', 20),
    stuckEntry(`${by}, without them`, 'hand', 0),
  ],
  columns: { ...columns, held: 'MB held' },
  goals: [
    {
      what: 'MB a stuck reader',
      unit: 'MB',
      value: (look) => perStuck(look('rxsse', 'held'), look('rxsse, without them', 'held')),
      least: 0.1,
      aim: 0.02,
      more: false,
    },
    {
      what: 'MB a stuck reader, by hand',
      unit: 'MB',
      value: (look) => perStuck(look(by, 'held'), look(`${by}, without them`, 'held')),
      more: false,
    },
    {
      what: 'the others, as fast as alone',
      unit: 'x',
      value: (look) => ratio(look, 'rate', 'rxsse', 'rxsse, without them'),
      least: 0.9,
      aim: 0.97,
      more: true,
    },
  ],
};

function perStuck(held: number | undefined, alone: number | undefined): number | undefined {
  return held === undefined || alone === undefined ? undefined : Math.max(0, held - alone) / 20;
}

const shape = (readers: number, feeds: number) => ({ readers, feeds });

async function paced(session: Session, { seconds }: Budget): Promise<Measured> {
  const rate = 20;
  const events = Math.ceil(Math.max(2, seconds) * rate);
  await session.publish({ events: 20, burst: 1, rate });
  const phase = await session.publish({ events, burst: 1, rate });
  return withProfile({ ...figuresOf(phase), p50: phase.load.p50, p99: phase.load.p99 }, phase.used);
}

const paceColumns = { cost: 'µs a delivery', p50: 'p50 ms', p99: 'p99 ms', serverBusy: 'server busy' };

function feedEntry(label: string, feeds: number, peer: Scenario['peer'] = 'rxsse'): Entry {
  return { label, scenario: { ...shape(1000, feeds), peer, latency: true }, measure: paced };
}

export const feeds: Row = {
  name: 'feeds',
  title: '10 feeds of 100 readers, 1000 feeds of one',
  how: '20 events a second to each reader; what a delivery costs the server, beside 1 feed of 1000 readers.',
  entries: [
    feedEntry('1 feed of 1000', 1),
    feedEntry('10 feeds of 100', 10),
    feedEntry('1000 feeds of 1', 1000),
    { ...feedEntry('by hand, 1000 streams of 1', 1000, 'hand'), slow: true },
  ],
  columns: paceColumns,
  goals: ['10 feeds of 100', '1000 feeds of 1'].map((label) => ({
    what: `${label}, a delivery`,
    unit: 'x',
    value: (look) => ratio(look, 'cost', label, '1 feed of 1000'),
    least: 1.3,
    aim: 1.1,
    more: false,
  })),
};

export const feedsFlatOut: Row = {
  name: 'feeds-flat-out',
  title: 'The same, flat out',
  how: 'In each turn one event to every feed: there each of 1000 feeds has its own events made, which no delivery shares.',
  entries: [['1 feed of 1000', 1] as const, ['10 feeds of 100', 10] as const, ['1000 feeds of 1', 1000] as const].map(
    ([label, count]) => ({
      label,
      scenario: { ...shape(1000, count), peer: 'rxsse' as const },
      measure: throughput(1),
    }),
  ),
  columns,
  goals: [],
};
