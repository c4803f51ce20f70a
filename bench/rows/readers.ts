import { peers } from '../peers/index.ts';
import { isInstalled } from '../peers/nchan.ts';
import type { PeerName, Scenario } from '../Scenario.ts';
import type { Session } from '../Session.ts';
import { entriesOf } from './fanOut.ts';
import { type Budget, type Entry, type Measured, type Row, ratio, type ServedEntry, withProfile } from './Row.ts';

const by = 'RxJS + Express by hand';

/** Measures the memory of idle readers. */
const idle: ServedEntry['measure'] = async (session) => {
  const { readers } = session.scenario;
  const before = await session.memory();
  await session.connect();
  const after = await session.memory();
  const each = (what: 'rss' | 'held'): number => (after[what] - before[what]) / readers / 1024;
  return { figures: { held: each('held'), rss: each('rss') } };
};

function idleEntry(label: string, peer: PeerName, more: Partial<Scenario> = {}, slow = false): Entry {
  return { label, scenario: { peer, readers: 4000, connected: false, ...more }, measure: idle, slow };
}

export const memory: Row = {
  name: 'memory',
  title: 'Memory of an idle reader',
  how: 'KiB of the server for each of 4000 connected readers, with heartbeats every 15 s: what V8 holds after a collection, and what the process has of the machine. The kernel has its own.',
  entries: [
    idleEntry('rxsse', 'rxsse'),
    idleEntry('rxsse on plain http', 'rxsse', { plain: true }),
    idleEntry(by, 'hand'),
    idleEntry('by hand on plain http', 'hand', { plain: true }),
    idleEntry('Node, joined', 'joined', { plain: true }),
    idleEntry('Node on Express', 'joined', { plain: false }),
    ...(isInstalled ? [idleEntry('nginx + nchan', 'nchan')] : []),
    ...(['fastify', 'better-sse', 'express-sse', 'nest', 'hono', 'trpc'] as const).map((peer) =>
      idleEntry(peers[peer].title, peer, peer === 'trpc' ? { readers: 1000 } : {}, true),
    ),
  ],
  columns: { held: 'KiB held', rss: 'KiB of the machine' },
  goals: [
    { what: 'held, by hand', unit: 'x', value: (look) => ratio(look, 'held', 'rxsse', by), least: 1, more: false },
    {
      what: 'of the machine, by hand',
      unit: 'x',
      value: (look) => ratio(look, 'rss', 'rxsse', by),
      least: 1,
      more: false,
    },
    {
      what: 'more than bare Node on Express',
      unit: 'KiB',
      value: (look) => more(look('rxsse', 'held'), look('Node on Express', 'held')),
      aim: 2,
      more: false,
    },
    {
      what: 'on plain http, more than bare Node',
      unit: 'KiB',
      value: (look) => more(look('rxsse on plain http', 'held'), look('Node, joined', 'held')),
      aim: 2,
      more: false,
    },
  ],
};

function more(of: number | undefined, than: number | undefined): number | undefined {
  return of === undefined || than === undefined ? undefined : of - than;
}

/** Counts the heartbeats that arrive while nothing is published, and what they cost the server. */
async function heartbeats(session: Session, { seconds }: Budget): Promise<Measured> {
  await session.connect();
  // The first round also creates the timers.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await session.watch();
  await session.count();
  await new Promise((resolve) => setTimeout(resolve, Math.max(2, seconds) * 1000));
  const [{ blocks }, used] = await Promise.all([session.count(), session.used()]);
  if (blocks === 0) throw new Error('no heartbeat came');
  return withProfile({ cost: used.cpu / blocks, beats: blocks }, used);
}

export const heartbeat: Row = {
  name: 'heartbeat',
  title: 'A heartbeat',
  how: '2000 readers, a heartbeat a second for each: what one costs the server in processor time.',
  entries: [
    {
      label: 'rxsse on plain http',
      scenario: { peer: 'rxsse', readers: 2000, heartbeat: 1000, blocks: true, connected: false, plain: true },
      measure: heartbeats,
      slow: false,
    },
    {
      label: 'by hand on plain http',
      scenario: { peer: 'hand', readers: 2000, heartbeat: 1000, blocks: true, connected: false, plain: true },
      measure: heartbeats,
      slow: false,
    },
    ...entriesOf(['rxsse', 'hand', 'joined', 'write', 'nchan', 'fastify', 'better-sse', 'hono', 'trpc'], heartbeats, {
      readers: 2000,
      heartbeat: 1000,
      blocks: true,
      connected: false,
    }),
  ],
  columns: { cost: 'µs a heartbeat', beats: 'heartbeats' },
  goals: [
    {
      what: 'µs a heartbeat, on plain http',
      unit: 'µs',
      value: (look) => look('rxsse on plain http', 'cost'),
      more: false,
    },
    {
      what: 'on plain http, by hand',
      unit: 'x',
      value: (look) => ratio(look, 'cost', 'rxsse on plain http', 'by hand on plain http'),
      least: 0.9,
      aim: 0.7,
      more: false,
    },
    {
      what: 'on Express, by hand',
      unit: 'x',
      value: (look) => ratio(look, 'cost', 'rxsse', 'RxJS + Express by hand'),
      least: 0.9,
      aim: 0.7,
      more: false,
    },
  ],
};

async function storm(session: Session): Promise<Measured> {
  await session.watch();
  const ready = await session.connect();
  const used = await session.used();
  const figures = {
    connects: ready.readers / (ready.micros / 1e6),
    cost: used.cpu / ready.readers,
    loadBusy: ready.busy / ready.micros,
  };
  return withProfile(figures, used);
}

export const connects: Row = {
  name: 'connects',
  title: 'Connections a second',
  how: '4000 readers, 64 connecting at once, until each has the head of its response; all stay.',
  entries: [
    { label: 'rxsse', scenario: { peer: 'rxsse', readers: 4000, connected: false }, measure: storm },
    {
      label: 'rxsse on plain http',
      scenario: { peer: 'rxsse', readers: 4000, plain: true, connected: false },
      measure: storm,
    },
    ...entriesOf(['hand', 'joined', 'nchan', 'fastify', 'better-sse', 'express-sse', 'nest', 'hono', 'trpc'], storm, {
      readers: 4000,
      connected: false,
    }),
  ],
  columns: { connects: 'connections/s', cost: 'µs a connection', loadBusy: 'readers busy' },
  goals: [
    {
      what: 'by hand',
      unit: 'x',
      value: (look) => ratio(look, 'connects', 'rxsse', by),
      least: 0.9,
      aim: 1.1,
      more: true,
    },
  ],
};

async function replayed(session: Session): Promise<Measured> {
  const { history = 0 } = session.scenario;
  await session.watch();
  await session.connect(['--expect', String(history)]);
  const report = await session.received();
  const used = await session.used();
  const { longestOwn, longest } = used.turns;
  return withProfile({ rate: history / ((report.last - used.began) / 1e6), longestOwn, longest }, used);
}

function replayEntry(label: string, peer: PeerName, route: Scenario['route'] = 'shared'): Entry {
  const scenario: Scenario = { peer, route, readers: 1, history: 100_000, watch: true, connected: false };
  return { label, scenario, measure: replayed };
}

export const replay: Row = {
  name: 'replay',
  title: 'Replay of 100,000 events from memory',
  how: 'One reader connects and receives all of it: events per second, and the longest turn of the loop meanwhile, without and with garbage collection.',
  entries: [
    replayEntry('rxsse', 'rxsse'),
    replayEntry('rxsse, a pipeline', 'rxsse', 'mine'),
    replayEntry('rxsse, `sse(replaySubject)`', 'rxsse', 'own'),
    replayEntry('ReplaySubject by hand', 'hand'),
    replayEntry('Node, joined in slices', 'joined'),
  ],
  columns: { rate: 'events/s', longestOwn: 'longest turn ms', longest: 'with collection' },
  goals: [
    {
      what: 'ReplaySubject',
      unit: 'x',
      value: (look) => ratio(look, 'rate', 'rxsse', 'ReplaySubject by hand'),
      least: 5,
      aim: 8,
      more: true,
    },
    {
      what: 'ReplaySubject, of a pipeline',
      unit: 'x',
      value: (look) => ratio(look, 'rate', 'rxsse, a pipeline', 'ReplaySubject by hand'),
      least: 3,
      aim: 8,
      more: true,
    },
    {
      what: 'ReplaySubject, of a synchronous stream',
      unit: 'x',
      value: (look) => ratio(look, 'rate', 'rxsse, `sse(replaySubject)`', 'ReplaySubject by hand'),
      least: 1,
      more: true,
    },
    { what: 'longest turn', unit: 'ms', value: (look) => look('rxsse', 'longestOwn'), least: 20, aim: 2, more: false },
  ],
};
