import { Meter, memory, processorTime, writeCalls } from './Meter.ts';
import { peers } from './peers/index.ts';
import type { Served } from './peers/Peer.ts';
import { startProfile } from './profile.ts';
import type { FromServer, Numbered, ProfileLine, Publication, Scenario, ToServer } from './Scenario.ts';

/** The process of a server under test: made by one scenario, and then told what to publish. */
const next = setImmediate;
const scenario = JSON.parse(process.argv[2] ?? '') as Scenario;
const meter = new Meter();
if (scenario.watch === true) meter.watchSlices();

const { size = 110, users = 1, feeds = 1, history = 0 } = scenario;
let text = '';
// Not in one expression: what is measured is an event without it.
text = 'x'.repeat(Math.max(0, size - JSON.stringify(tickOf(1000).tick).length));
let published = 0;
let cpu = 0;
let writes = 0;
let began = 0;
let stopProfile: (() => Promise<readonly ProfileLine[]>) | undefined;

// Whoever started this is gone.
process.on('disconnect', () => process.exit());
process.on('uncaughtException', (error) => {
  say({ say: 'failed', why: error.stack ?? String(error) });
  process.exit(1);
});

const { serve } = await peers[scenario.peer].load();
const served = await serve(scenario);
process.once('exit', () => served.close?.());
for (let left = history; left > 0; left -= 1000) publishTurn(served, Math.min(1000, left));
process.on('message', (asked: ToServer) => void answer(asked));
say({ say: 'listening', port: served.port, pid: served.pid ?? process.pid });

async function answer(asked: ToServer): Promise<void> {
  if (asked.ask === 'readers') return say({ say: 'readers', count: served.readers?.() ?? scenario.readers });
  if (asked.ask === 'memory') return say({ say: 'memory', memory: await memory(served.pid) });
  if (asked.ask === 'watch') return watch(asked.profile, asked.turns);
  if (asked.ask === 'used') return used();
  await (asked.publication.rate === undefined
    ? flatOut(asked.publication)
    : atRate(asked.publication, asked.publication.rate));
  say({ say: 'published' });
}

/** What is used is counted from here on. */
function watch(profile: boolean, turns: boolean): void {
  if (profile) stopProfile = startProfile();
  if (turns) meter.watch();
  else meter.reset();
  cpu = processorTime(served.pid);
  writes = writeCalls(served.pid);
  began = micros();
  say({ say: 'watching' });
}

async function used(): Promise<void> {
  const time = processorTime(served.pid) - cpu;
  const written = writeCalls(served.pid) - writes;
  const ended = micros();
  const profile = await stopProfile?.();
  stopProfile = undefined;
  // Collections are told of a turn later.
  await new Promise((resolve) => next(resolve));
  say({
    say: 'used',
    used: {
      cpu: time,
      writes: written,
      began,
      ended,
      turns: meter.read(),
      ...(profile === undefined ? {} : { profile }),
    },
  });
}

/** One publication after the other, each in a turn of its own. */
function flatOut({ events, burst }: Publication): Promise<void> {
  let left = events;
  return new Promise((resolve) => {
    const turn = async (): Promise<void> => {
      publishTurn(served, Math.min(burst, left));
      left -= burst;
      if (left <= 0) return resolve();
      const waits = served.ready?.();
      if (waits !== undefined) await waits;
      next(() => void turn());
    };
    next(() => void turn());
  });
}

function atRate({ events, burst }: Publication, rate: number): Promise<void> {
  let left = events;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      publishTurn(served, Math.min(burst, left));
      left -= burst;
      if (left > 0) return;
      clearInterval(timer);
      resolve();
    }, 1000 / rate);
  });
}

function publishTurn({ publish }: Served, count: number): void {
  const events = Array.from({ length: count }, () => tickOf(++published));
  for (let feed = 0; feed < feeds; feed++) publish(feed, events);
}

function tickOf(n: number): Numbered {
  const mark = `#${n}@${scenario.latency === true ? micros() : 0};`;
  return { n, tick: { mark, user: n % users, text } };
}

function micros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function say(message: FromServer): void {
  process.send?.(message);
}
