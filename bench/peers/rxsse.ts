import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import * as t from 'io-ts';
import { ReplaySubject, Subject } from 'rxjs';
import { type EventLog, type EventOf, type Feed, feed, filterEvents, memoryLog, sse } from 'rxsse';
import { inspector } from 'rxsse/inspector';
import { lmdbLog } from 'rxsse/lmdb';
import { Ticks, unbounded } from '../openLog.ts';
import type { Scenario, Tick } from '../Scenario.ts';
import { listen } from './listen.ts';
import type { Served } from './Peer.ts';

type Ticked = EventOf<typeof Ticks>;

export function serve(scenario: Scenario): Promise<Served> {
  return scenario.route === 'own' ? serveOwn(scenario) : serveFeeds(scenario);
}

/** Serves feeds, which store their events and share them. */
async function serveFeeds(scenario: Scenario): Promise<Served> {
  const { feeds: count = 1, options = [] } = scenario;
  const folder = options.includes('lmdb') ? mkdtempSync(join(tmpdir(), 'rxsse-bench-')) : undefined;
  const feeds = Array.from({ length: count }, (_, index) => feed(Ticks, { log: logOf(scenario, folder, index) }));
  const create = options.includes('events') ? plainEvent : Ticks.Tick;
  const port = await listen(onServer(scenario, handlerOf(scenario, feeds), feeds));
  const page = options.includes('inspected') ? openPage(port) : undefined;
  return {
    port,
    publish: (index, numbered) => {
      const target = feeds[index];
      for (const one of numbered) target?.publish(create(one.tick));
    },
    close: () => {
      page?.kill();
      for (const one of feeds) one.close();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function handlerOf(scenario: Scenario, feeds: readonly Feed<typeof Ticks>[]): RequestListener {
  const [only] = feeds;
  if (only === undefined) throw new RangeError('expected a feed');
  const heartbeat = heartbeatOf(scenario);
  if (scenario.route === 'mine') {
    return sse({ heartbeat, query: { user: t.string } }, (context) => {
      const user = Number(context.query.user);
      const from = scenario.history === undefined ? 'live' : 'oldest';
      return only.read(context, { from }).pipe(filterEvents((tick) => tick.data.user === user));
    });
  }
  if (feeds.length > 1) {
    return sse({ heartbeat, query: { feed: t.string } }, ({ query }) => feeds[Number(query.feed)] ?? only);
  }
  const compression = scenario.options?.includes('compression') ?? false;
  return sse({ heartbeat, compression, resume: { from: scenario.history === undefined ? 'live' : 'oldest' } }, only);
}

/** Serves a stream without a log, or with `runs` a stream that a log of its own stores. */
async function serveOwn(scenario: Scenario): Promise<Served> {
  // A stream with a history emits all of it while it is subscribed.
  const ticks = scenario.history === undefined ? new Subject<Ticked>() : new ReplaySubject<Ticked>();
  const heartbeat = heartbeatOf(scenario);
  // The publisher does not wait for the reader, so the queue must hold all that it is behind.
  const queue = { maxBytes: Infinity, maxEvents: Infinity };
  const handler = scenario.options?.includes('runs')
    ? sse({ heartbeat, resume: { log: () => memoryLog(unbounded) } }, () => ticks)
    : sse({ heartbeat, queue }, () => ticks);
  return {
    port: await listen(onServer(scenario, handler)),
    publish: (_, numbered) => {
      for (const one of numbered) ticks.next(Ticks.Tick(one.tick));
    },
  };
}

function onServer(
  { plain, options = [] }: Scenario,
  handler: RequestListener,
  feeds: readonly Feed<typeof Ticks>[] = [],
): RequestListener {
  if (plain === true) return handler;
  const app = express();
  app.get('/events', handler);
  if (options.includes('inspector') || options.includes('inspected')) {
    const named = Object.fromEntries(feeds.map((one, index) => [`ticks ${index}`, one]));
    app.use('/inspect', inspector({ feeds: named, routes: { '/events': handler as ReturnType<typeof sse> } }));
  }
  return app;
}

/** Reads the stream of the inspector in a process of its own, as its page does. */
function openPage(port: number): ChildProcess {
  const program = `require('node:http').get('http://127.0.0.1:${port}/inspect/events', (response) => response.resume())`;
  return spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
}

function plainEvent(tick: Tick): Ticked {
  return { type: 'tick', data: tick };
}

function heartbeatOf({ heartbeat = 15_000, options = [] }: Scenario): number {
  return options.includes('heartbeat') ? 100 : heartbeat;
}

/** Creates a log without a bound, since the publisher does not wait for readers. */
function logOf({ options = [] }: Scenario, folder: string | undefined, index: number): EventLog {
  if (options.includes('bounded')) return memoryLog();
  return folder === undefined ? memoryLog(unbounded) : lmdbLog({ ...unbounded, path: folder, name: `feed-${index}` });
}
