import { createClient } from '@redis/client';
import type { RedisPeerName } from '../Scenario.ts';
import type { Session } from '../Session.ts';
import type { LogName } from '../storage.ts';
import { type Budget, type Measured, type Row, ratio, type ServedEntry, withProfile } from './Row.ts';
import { atPace, throughput } from './throughput.ts';

const logs: readonly LogName[] = ['memory', 'lmdb', 'redis', 'postgres'];

const smallQuick = { readers: 20 } as const;

export const across: Row = {
  name: 'across',
  title: 'From a publication in one process to the readers of another, 20 events a second',
  how: '100 readers of a server; events are published in another process to the log that both share, `memory` in the same process. From just before the publication to the arrival at each reader, in milliseconds. Processor time is that of both processes, and of the server that stores the log.',
  entries: logs.map((log) => ({
    label: log,
    scenario: { peer: 'rxsse', log, readers: 100, latency: true },
    measure: atPace(20),
    quick: smallQuick,
  })),
  columns: {
    p50: 'p50 ms',
    p90: 'p90 ms',
    p99: 'p99 ms',
    max: 'longest ms',
    cost: 'µs a delivery',
    storageCost: 'µs of the storage',
  },
  goals: [],
};

async function caughtUp(session: Session): Promise<Measured> {
  const { history = 0 } = session.scenario;
  await session.watch();
  await session.connect(['--expect', String(history)]);
  const report = await session.received();
  const used = await session.used();
  const figures = {
    rate: history / ((report.last - used.began) / 1e6),
    cost: used.cpu / history,
    ...(used.storage > 0 ? { storageCost: used.storage / history } : {}),
    bytes: report.bytes / history,
  };
  return withProfile(figures, used);
}

export const catchUp: Row = {
  name: 'catch-up',
  title: 'A reader that is 100,000 events behind, on each log',
  how: 'One reader connects and receives all of it: events per second from the connection to the last one, and processor time for each. What the readers are served from was published by another process, but for `memory`.',
  entries: logs.map((log) => ({
    label: log,
    scenario: { peer: 'rxsse', log, readers: 1, history: 100_000, connected: false },
    measure: caughtUp,
    quick: { history: 5000 },
  })),
  columns: { rate: 'events/s', cost: 'µs an event', storageCost: 'µs of the storage', bytes: 'bytes an event' },
  goals: [],
};

/** Measures what readers cost the server and Redis, and then how fast they are served. */
function overRedis(burst: number): (session: Session, budget: Budget) => Promise<Measured> {
  return async (session, budget) => {
    const { readers, storage } = session.scenario;
    const url = storage?.at ?? '';
    const [before, redisBefore] = [await session.memory(), await redisNow(url)];
    await session.connect();
    const [after, redisAfter] = [await session.memory(), await redisNow(url)];
    const { figures, profile } = await throughput(burst)(session, budget);
    return {
      figures: {
        ...figures,
        connections: redisAfter.connections,
        memory: (after.rss - before.rss) / readers / 1024,
        redisMemory: (redisAfter.memory - redisBefore.memory) / readers / 1024,
      },
      ...(profile === undefined ? {} : { profile }),
    };
  };
}

/** Returns the connections of Redis without this one, and its memory with them. */
async function redisNow(url: string): Promise<{ readonly connections: number; readonly memory: number }> {
  const client = await createClient({ url }).connect();
  const list = String(await client.sendCommand(['CLIENT', 'LIST']));
  const info = String(await client.sendCommand(['INFO', 'memory']));
  client.destroy();
  return {
    connections: list.trim().split('\n').length - 1,
    memory: Number(/^used_memory:(\d+)/m.exec(info)?.[1]),
  };
}

function redisEntry(label: string, peer: 'rxsse' | RedisPeerName, burst: number): ServedEntry {
  const scenario = { peer, log: 'redis', readers: 1000, connected: false } as const;
  return { label: `${label}, ${burst} a turn`, scenario, measure: overRedis(burst), quick: smallQuick };
}

const resumable = 'resumable-stream';
const subscribed = 'SUBSCRIBE a reader, by hand';

export const redis: Row = {
  name: 'redis',
  title: '1000 readers of a stream that another process publishes, over Redis',
  how: 'One process publishes flat out, 1 or 50 events in each turn of its loop, with at most 1000 that Redis has not acknowledged; another serves the readers. `resumable-stream` with one context in each process, as its documentation shows it; a SUBSCRIBE by hand with one connection for each reader that subscribes. Processor time is that of both processes; beside it that of Redis. Connections are those of `CLIENT LIST`; the memory is what the server of the readers and Redis have more with 1000 readers, for each.',
  entries: [1, 50].flatMap((burst) => [
    redisEntry('rxsse', 'rxsse', burst),
    redisEntry(resumable, 'resumable-stream', burst),
    redisEntry(subscribed, 'subscribe', burst),
  ]),
  columns: {
    rate: 'deliveries/s',
    cost: 'µs a delivery',
    storageCost: 'µs of Redis',
    connections: 'connections',
    memory: 'KiB a reader',
    redisMemory: 'KiB of Redis',
  },
  goals: [resumable, subscribed].flatMap((peer) => [
    {
      what: `${peer}, 1 a turn`,
      unit: 'x',
      value: (look) => ratio(look, 'rate', 'rxsse, 1 a turn', `${peer}, 1 a turn`),
      least: 1,
      more: true,
    },
    {
      what: `${peer}, 50 a turn`,
      unit: 'x',
      value: (look) => ratio(look, 'rate', 'rxsse, 50 a turn', `${peer}, 50 a turn`),
      least: 1,
      more: true,
    },
  ]),
};
