import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstValueFrom } from 'rxjs';
import { type EventLog, feed } from 'rxsse';
import { processorTimeOf } from './Meter.ts';
import { openLog, openLogs, Ticks } from './openLog.ts';
import { Unacknowledged } from './peers/Unacknowledged.ts';
import type { AppendResult, AppendRun } from './rows/append.ts';

/** Appends to one log in a process of its own, and prints what it measured as JSON. */
const run: AppendRun = JSON.parse(process.argv[2] ?? '');
const { log: name, storage, burst, seconds, events, followers = 0, logs: count = 1 } = run;
const turnsPerSecond = 100;
const text = 'x'.repeat(75);
const { logs, stored, close } = await openLogs(name, storage, count);
const feeds = logs.map((log) => feed(Ticks, { log }));
let published = 0;

const followed = await Promise.all(Array.from({ length: followers }, follow));
const before = await stored();
await flatOut(events / 2, seconds / 4);
const flat = await flatOut(events, seconds);
const paced = await atPace(Math.ceil(Math.max(0.5, seconds) * turnsPerSecond));
const bytes = ((await stored()) - before) / published;
for (const [index, log] of logs.entries()) await checkAll(log, index);
await Promise.all(followed.map((follower) => follower.done()));
const result: AppendResult = { ...flat, ...paced, bytes };
console.log(JSON.stringify(result));
for (const one of feeds) one.close();
await close();
process.exit();

/** Reads all events of the log as another process does: by a feed and connections of its own. */
async function follow(): Promise<{ done(): Promise<void> }> {
  const own = feed(Ticks, { log: (await openLog(name, storage)).log });
  let received = 0;
  let reached: (() => void) | undefined;
  own.events({ from: 'oldest' }).subscribe((event) => {
    const mark = 'mark' in event.data ? event.data.mark : event.type;
    if (mark !== `#${++received}@0;`) throw new Error(`a follower got ${mark}, expected event ${received}`);
    if (received === published) reached?.();
  });
  const done = (): Promise<void> =>
    new Promise((resolve) => {
      reached = resolve;
      if (received === published) resolve();
    });
  return { done };
}

/** Publishes the next event, to one log after the other. */
function publish(): PromiseLike<unknown> {
  const target = feeds[published % count] as (typeof feeds)[number];
  return target.publish(Ticks.Tick({ mark: `#${++published}@0;`, user: 0, text }));
}

/** Appends bursts, one in each turn of the loop, until the number or the time is reached; measures until all is stored. */
async function flatOut(events: number, limit: number): Promise<Pick<AppendResult, 'rate' | 'cost' | 'storageCost'>> {
  const unacknowledged = new Unacknowledged();
  const [start, cpu, storageTime] = [performance.now(), process.cpuUsage(), timeOfStorage()];
  const first = published;
  let last: PromiseLike<unknown> = Promise.resolve();
  while (published - first < events && performance.now() - start < limit * 1000) {
    for (let left = burst; left > 0; left--) {
      last = publish();
      unacknowledged.add(1, Promise.resolve(last));
    }
    await unacknowledged.ready();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await last;
  const { user, system } = process.cpuUsage(cpu);
  const count = published - first;
  return {
    rate: count / ((performance.now() - start) / 1000),
    cost: (user + system) / count,
    storageCost: (timeOfStorage() - storageTime) / count,
  };
}

/** Appends bursts at a pace; measures the milliseconds until each event was stored. */
async function atPace(turns: number): Promise<Pick<AppendResult, 'p50' | 'p99' | 'pacedCost'>> {
  const delays: number[] = [];
  const all: Promise<unknown>[] = [];
  const storageTime = timeOfStorage();
  for (let turn = 0; turn < turns; turn++) {
    for (let left = burst; left > 0; left--) {
      const start = performance.now();
      all.push(Promise.resolve(publish()).then(() => delays.push(performance.now() - start)));
    }
    await sleep(1000 / turnsPerSecond);
  }
  await Promise.all(all);
  const pacedCost = (timeOfStorage() - storageTime) / all.length;
  delays.sort((a, b) => a - b);
  const quantile = (q: number): number => delays[Math.floor(q * (delays.length - 1))] ?? 0;
  return { p50: quantile(0.5), p99: quantile(0.99), pacedCost };
}

/** Reads a log from its start, and fails where an event is missing, repeated or out of order. */
async function checkAll(log: EventLog, index: number): Promise<void> {
  let next = index + 1;
  for (let after = 0; next <= published; ) {
    const page = await firstValueFrom(log.read(after, 2 ** 20));
    for (const [, number] of Buffer.from(page.bytes)
      .toString('latin1')
      .matchAll(/#(\d+)@/g)) {
      if (Number(number) !== next) throw new Error(`the log has event ${number} where ${next} was expected`);
      next += count;
    }
    if (page.last === after) break;
    after = page.last;
  }
  if (next <= published) throw new Error(`the log ends before event ${next} of ${published}`);
}

function timeOfStorage(): number {
  return storage?.pid === undefined ? 0 : processorTimeOf(storage.pid);
}
