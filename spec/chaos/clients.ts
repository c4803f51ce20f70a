import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { lastValueFrom, type Observable, tap } from 'rxjs';
import { fromSse } from '../../lib/client/index.ts';
import { type EventLog, type Feed, feed, isGap, memoryLog, sse } from '../../lib/index.ts';
import { lmdbLog } from '../../lib/log/lmdb/index.ts';
import { failing } from '../../lib/testing/failing.ts';
import { randomFrom } from '../../lib/testing/randomScript.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { follow, hasPosition } from '../http/eventSource.ts';
import { closing } from '../support/closing.ts';
import { deferred } from '../support/deferred.ts';
import type { Fault, Faults } from '../support/FaultyConnection.ts';
import { faultProxy } from '../support/faultProxy.ts';
import { fetchOver } from '../support/http2.ts';
import { listen, overHttp2 } from '../support/listen.ts';
import { mistakeIn, type ReceivedItem } from './mistakeIn.ts';
import { type Pipeline, pipelines, type TickEntry, Ticks, tick } from './pipelines.ts';

/** One network: a route over a log, and what happens to each connection of its readers. */
interface Network {
  readonly seed: number;
  readonly server: 'http' | 'http2';
  readonly log: keyof typeof logs;
  readonly pipeline: string;
  readonly options: object;
  readonly events: number;
  readonly faults: readonly Faults[];
}

interface Delivered {
  readonly connections: number;
  readonly events: number;
  readonly gaps: number;
}

const logs = {
  memory: () => memoryLog(),
  'memory of 30 entries': () => memoryLog({ maxEntries: 30 }),
  lmdb: (path: string) => lmdbLog({ path }),
  'lmdb of 30 entries': (path: string) => lmdbLog({ path, maxEntries: 30 }),
  'lmdb that answers late': (path: string) => withLatency(lmdbLog({ path }), 2),
  'memory whose operations fail': () => failing(memoryLog(), { read: '-#---#-##--#---#', append: '-#!--!-#--!!-#-' }),
  'lmdb whose operations fail late': (path: string) =>
    withLatency(failing(lmdbLog({ path }), { read: '--#-#---##--#', append: '--!-#-!!--#-' }), 1),
} satisfies Readonly<Record<string, (path: string) => EventLog>>;

/** Options of a route under which a reader must receive the same. */
const choices: Readonly<Record<string, readonly unknown[]>> = {
  heartbeat: [5, false, Infinity],
  maxAge: [40, Infinity],
  stallTimeout: [200, Infinity],
  maxHeadDelay: [0, 10],
  retry: [0, 1, 3],
  queue: [{ maxEvents: 100 }, {}],
  wire: ['rxsse', {}, { control: 'events' }],
  expiresAt: [() => new Date(Date.now() + 60)],
  headers: [{ 'X-Some': 'header' }, () => ({})],
};

/** Returns the network of a seed. */
export function randomNetwork(seed: number): Network {
  const random = randomFrom(seed);
  const below = (bound: number): number => random() % bound;
  const oneOf = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const fault = (most: number): Fault => ({
    how: oneOf(['cut', 'reset', 'lost', 'deaf'] as const),
    after: below(most),
    noticed: below(10),
    ...(below(4) === 0 ? { pace: oneOf(['drip', 1] as const) } : {}),
  });
  const chosen = Object.entries(choices).filter(() => below(2) === 0);
  return {
    seed,
    server: oneOf(['http', 'http2'] as const),
    log: oneOf(Object.keys(logs) as (keyof typeof logs)[]),
    pipeline: oneOf(['none', ...Object.keys(pipelines)]),
    options: Object.fromEntries(chosen.map(([name, values]) => [name, oneOf(values)])),
    events: 50 + below(150),
    faults: Array.from({ length: below(12) }, () => ({
      answer: fault(4000),
      ...(below(4) === 0 ? { request: fault(300) } : {}),
    })),
  };
}

/** Runs a network, with a reader of either kind of client, and throws an error that says what was missed or repeated. */
export async function runNetwork(network: Network): Promise<Delivered> {
  const folder = mkdtempSync(join(tmpdir(), 'rxsse-chaos-'));
  return closing(
    async () => rmSync(folder, { recursive: true }),
    async () => {
      const ticks = feed(Ticks, { log: logs[network.log](folder), onError: () => {} });
      return closing(
        async () => ticks.close(),
        () => readThrough(network, ticks),
      );
    },
  );
}

function readThrough(network: Network, ticks: Feed<typeof Ticks>): Promise<Delivered> {
  const { server, pipeline: name, options, events, faults } = network;
  const pipeline: Pipeline = pipelines[name] ?? { through: (entries) => entries };
  const route = routeOf(ticks, pipelines[name], { retry: 1, resume: { from: 'oldest' }, ...options });
  const listener = (request: Parameters<typeof route>[0], response: Parameters<typeof route>[1]): void =>
    route(request, response);
  // The readers of a session of HTTP/2 share its connection.
  const clean = server === 'http2' ? 1 : 2;
  return listen(server === 'http2' ? overHttp2(listener) : listener, (target) =>
    faultProxy(
      target,
      // The first connections bring the wait before a reconnect: without it an EventSource reconnects after 3 s.
      (connection) => faults[connection - clean] ?? {},
      async (proxy) => {
        const url = server === 'http2' ? proxy.url.replace('http:', 'h2c:') : proxy.url;
        const ours = readOurs(url);
        const theirs = await follow(
          url,
          async (follower) => {
            await follower.until(hasPosition);
            await ours.positioned;
            for (let n = 0; n < events; n++) {
              if (n % 20 === 0) proxy.breakAll();
              await publish(ticks, n);
              if (n % 5 === 0) await wait(1);
            }
            await ticks.end();
            await follower.until(({ seen }) => seen.includes('closed'));
            return follower.events.map(({ type, data }) => itemOf(type, data));
          },
          { patience: 30_000 },
        );
        for (const [client, received] of [
          ['EventSource', theirs],
          ['fromSse', await ours.received],
        ] as const) {
          const mistake = mistakeIn(received, events, pipeline, /of 30 entries/.test(network.log));
          if (mistake !== undefined) throw new Error(`${client}: ${mistake}`);
        }
        const gaps = theirs.filter((item) => item === 'gap').length;
        return { connections: proxy.count, events, gaps };
      },
    ),
  );
}

function routeOf(ticks: Feed<typeof Ticks>, pipeline: Pipeline | undefined, options: object) {
  if (pipeline === undefined) return sse(options, ticks);
  return sse(
    options,
    (context): Observable<unknown> =>
      pipeline.through(ticks.read(context, { from: 'oldest' }) as Observable<TickEntry>),
  );
}

/** Publishes a number; one that is not acknowledged is published again, under the same key. */
async function publish(ticks: Feed<typeof Ticks>, n: number): Promise<void> {
  for (let isStored = false; !isStored; ) {
    isStored = await ticks.publish(tick(n), { key: String(n) }).then(
      () => true,
      () => false,
    );
  }
}

interface Reading {
  readonly received: Promise<readonly ReceivedItem[]>;
  /** Resolves when the client has a position. */
  readonly positioned: Promise<void>;
}

function readOurs(url: string): Reading {
  const positioned = deferred();
  const received: ReceivedItem[] = [];
  const stream = fromSse(url, Ticks, {
    fetch: fetchOver as typeof fetch,
    backoff: { initialDelay: 1, maxDelay: 5 },
    cursorObserver: { next: () => positioned.resolve() },
  }).pipe(tap((event) => void received.push(isGap(event) ? 'gap' : event.data.all)));
  const ended = lastValueFrom(stream, { defaultValue: undefined });
  return { positioned: positioned.promise, received: ended.then(() => [...received, 'end']) };
}

function itemOf(type: string, data: string): ReceivedItem {
  if (type === 'rxsse.gap') return 'gap';
  if (type === 'rxsse.end') return 'end';
  return JSON.parse(data).all;
}

/** Returns the smallest network that still fails, and why; each candidate is run once, since faults race. */
export async function smallestNetwork(network: Network, why: string): Promise<readonly [Network, string]> {
  let found: readonly [Network, string] = [network, why];
  for (let left = network.faults.length - 1; left >= 0; left--) {
    const [current] = found;
    const candidate = { ...current, faults: current.faults.filter((_, index) => index !== left) };
    const failure = await runNetwork(candidate).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    if (failure !== undefined) found = [candidate, failure];
  }
  return found;
}
