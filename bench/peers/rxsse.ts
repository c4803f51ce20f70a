import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import * as t from 'io-ts';
import { Subject } from 'rxjs';
import { type EventLog, type EventOf, events, type Feed, feed, filterEvents, memoryLog, sse } from 'rxsse';
import { lmdbLog } from 'rxsse/lmdb';
import type { Numbered, Scenario } from '../Scenario.ts';
import { listen } from './listen.ts';
import type { Served } from './Peer.ts';

const Ticks = events({ Tick: { mark: t.string, user: t.number, text: t.string } });
type Ticked = EventOf<typeof Ticks>;

export function serve(scenario: Scenario): Promise<Served> {
  return scenario.route === 'own' ? serveOwn(scenario) : serveFeeds(scenario);
}

/** Events that are remembered and shared. */
async function serveFeeds(scenario: Scenario): Promise<Served> {
  const { feeds: count = 1, options = [] } = scenario;
  const folder = options.includes('lmdb') ? mkdtempSync(join(tmpdir(), 'rxsse-bench-')) : undefined;
  const feeds = Array.from({ length: count }, (_, index) => feed(Ticks, { log: logOf(scenario, folder, index) }));
  const make = options.includes('events') ? plain : made;
  return {
    port: await listen(onServer(scenario, handlerOf(scenario, feeds))),
    publish: (index, numbered) => {
      const target = feeds[index];
      for (const one of numbered) target?.publish(make(one));
    },
    close: () => {
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
      return only.read(context).pipe(filterEvents((tick) => tick.data.user === user));
    });
  }
  if (feeds.length > 1) {
    return sse({ heartbeat, query: { feed: t.string } }, ({ query }) => feeds[Number(query.feed)] ?? only);
  }
  return sse({ heartbeat, resume: { from: scenario.history === undefined ? 'live' : 'oldest' } }, only);
}

/** A stream that no log remembers, or with `runs` one that a log of its own does. */
async function serveOwn(scenario: Scenario): Promise<Served> {
  const ticks = new Subject<Ticked>();
  const heartbeat = heartbeatOf(scenario);
  // Nobody waits for the reader here, so what it is behind by must fit.
  const queue = { bytes: Infinity, events: Infinity };
  const handler = scenario.options?.includes('runs')
    ? sse({ heartbeat, resume: { log: () => memoryLog({ maxEntries: Infinity, maxBytes: 2 ** 28 }) } }, () => ticks)
    : sse({ heartbeat, queue }, () => ticks);
  return {
    port: await listen(onServer(scenario, handler)),
    publish: (_, numbered) => {
      for (const one of numbered) ticks.next(made(one));
    },
  };
}

function onServer({ plain }: Scenario, handler: RequestListener): RequestListener {
  if (plain === true) return handler;
  const app = express();
  app.get('/events', handler);
  return app;
}

function made({ tick }: Numbered): Ticked {
  return Ticks.Tick(tick);
}

function plain({ tick }: Numbered): Ticked {
  return { type: 'tick', data: tick };
}

function heartbeatOf({ heartbeat = 15_000, options = [] }: Scenario): number {
  return options.includes('heartbeat') ? 100 : heartbeat;
}

/** All that is published flat out has to be remembered: the publisher waits for nobody. */
function logOf({ options = [] }: Scenario, folder: string | undefined, index: number): EventLog {
  if (options.includes('bounded')) return memoryLog();
  const bounds = { entries: Infinity, bytes: 2 ** 28 };
  return folder === undefined ? memoryLog(bounds) : lmdbLog({ ...bounds, path: folder, name: `feed-${index}` });
}
