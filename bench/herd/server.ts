import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { type EventLog, feed, shutdown, sse } from 'rxsse';
import { openLog, Ticks } from '../openLog.ts';
import { backlog } from '../peers/listen.ts';
import type { HerdRequest, HerdServer, HerdUsed } from './messages.ts';

/** Publishes to a feed and serves its readers, in a process that is restarted. */
const { log, storage, port }: HerdServer = JSON.parse(process.argv[2] ?? '');
process.on('disconnect', () => process.exit());

const delay = monitorEventLoopDelay({ resolution: 1 });
let reads = 0;
const ticks = feed(Ticks, { log: counted((await openLog(log, storage)).log) });
const route = sse(ticks);
const server = createServer(express().get('/events', route));
server.requestTimeout = 0;
await new Promise<void>((resolve) => server.listen({ port, host: '127.0.0.1', backlog }, resolve));
delay.enable();
const startTime = process.cpuUsage();
process.on('message', async (request: HerdRequest) => process.send?.((await answer(request)) ?? {}));
process.send?.({ port: (server.address() as AddressInfo).port });

async function answer(request: HerdRequest): Promise<HerdUsed | undefined> {
  if (request.ask === 'publish') await publish(request.from, request.to, request.rate);
  if (request.ask === 'shutdown') {
    server.close();
    await shutdown(route, { duration: request.duration, retry: request.retry });
  }
  return request.ask === 'used' ? used() : undefined;
}

async function publish(from: number, to: number, rate?: number): Promise<void> {
  const acks: PromiseLike<unknown>[] = [];
  for (let number = from; number <= to; number++) {
    acks.push(ticks.publish(Ticks.Tick({ mark: `#${number}@0;`, user: 0, text: 'x'.repeat(75) })));
    if (rate !== undefined) await sleep(1000 / rate);
  }
  await Promise.all(acks);
}

function used(): HerdUsed {
  const { user, system } = process.cpuUsage(startTime);
  const peak = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  return { longest: delay.max / 1e6, peak, cpu: user + system, reads };
}

/** Returns the same log, and counts the pages that are read from it. */
function counted(target: EventLog): EventLog {
  return {
    shared: target.shared ?? false,
    wakes: target.wakes,
    append: (events, options) => target.append(events, options),
    read: (after, maxBytes) => {
      reads++;
      return target.read(after, maxBytes);
    },
    end: (how, options) => target.end(how, options),
    claim: (holder, lease) => {
      if (target.claim === undefined) throw new TypeError('expected a log that can be claimed');
      return target.claim(holder, lease);
    },
    close: () => target.close(),
  };
}
