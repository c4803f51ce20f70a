import { Meter, memory, processorTime, processorTimeOf, writeCalls } from './Meter.ts';
import { peers } from './peers/index.ts';
import type { Serve, Served } from './peers/Peer.ts';
import { startProfile } from './profile.ts';
import type { FromServer, Numbered, PeerName, ProfileLine, Publication, Scenario, ToServer } from './Scenario.ts';

/** Runs a server under test in a process of its own: it serves one scenario and publishes on request. */
const next = setImmediate;
const scenario = JSON.parse(process.argv[2] ?? '') as Scenario;
const meter = new Meter();
if (scenario.watch === true) meter.watchSlices();

const { size = 110, users = 1, feeds = 1, history = 0 } = scenario;
let texts: readonly string[] = [''];
// In a second statement, since the size of an event without its text is measured first.
const text = 'x'.repeat(Math.max(0, size - JSON.stringify(tickOf(1000).tick).length));
texts = scenario.sentences === true ? sentences(text.length) : [text];
let published = 0;
let cpu = 0;
let storageTime = 0;
let writes = 0;
let began = 0;
let stopProfile: (() => Promise<readonly ProfileLine[]>) | undefined;

// The parent process has exited.
process.on('disconnect', () => process.exit());
process.on('uncaughtException', (error) => {
  say({ say: 'failed', why: error.stack ?? String(error) });
  process.exit(1);
});

const { serve } = await load();
const served = await serve(scenario);
process.once('exit', () => served.close?.());
for (let left = history; left > 0; left -= 1000) {
  publishTurn(served, Math.min(1000, left));
  await served.ready?.();
}
process.on('message', (request: ToServer) => void answer(request));
say({ say: 'listening', port: served.port, pid: served.pid ?? process.pid });

/** Loads the server. With a log of several processes, the readers of a feed have one of their own. */
function load(): Promise<{ readonly serve: Serve }> {
  if (scenario.route === 'answers') return import('./peers/answers.ts');
  return scenario.storage === undefined ? peers[scenario.peer as PeerName].load() : import('./peers/across.ts');
}

async function answer(request: ToServer): Promise<void> {
  if (request.ask === 'readers') return say({ say: 'readers', count: served.readers?.() ?? scenario.readers });
  if (request.ask === 'memory') return say({ say: 'memory', memory: await memory(served.pid) });
  if (request.ask === 'watch') return watch(request.profile, request.turns);
  if (request.ask === 'used') return used();
  await (request.publication.rate === undefined
    ? flatOut(request.publication)
    : atRate(request.publication, request.publication.rate));
  say({ say: 'published' });
}

/** Starts counting what the server uses. */
function watch(profile: boolean, turns: boolean): void {
  if (profile) stopProfile = startProfile();
  if (turns) meter.watch();
  else meter.reset();
  cpu = processorTime(served.pid);
  storageTime = timeOfStorage();
  writes = writeCalls(served.pid);
  began = micros();
  say({ say: 'watching' });
}

async function used(): Promise<void> {
  const time = processorTime(served.pid) - cpu;
  const storage = timeOfStorage() - storageTime;
  const written = writeCalls(served.pid) - writes;
  const ended = micros();
  const profile = await stopProfile?.();
  stopProfile = undefined;
  // The observer of garbage collections is notified a turn later.
  await new Promise((resolve) => next(resolve));
  say({
    say: 'used',
    used: {
      cpu: time,
      storage,
      writes: written,
      began,
      ended,
      turns: meter.read(),
      ...(profile === undefined ? {} : { profile }),
    },
  });
}

function timeOfStorage(): number {
  return scenario.storage?.pid === undefined ? 0 : processorTimeOf(scenario.storage.pid);
}

/** Publishes one burst directly after the other, each in a turn of its own. */
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
  return { n, tick: { mark, user: n % users, text: texts[n % texts.length] ?? '' } };
}

/** Returns sentences of one form: each with another number, place, state and price. */
function sentences(length: number): readonly string[] {
  const states = ['paid', 'created', 'shipped', 'failed', 'pending', 'returned'];
  let state = 1;
  const random = (most: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  return Array.from({ length: 997 }, () => {
    const order = `Order ${random(100_000)} of ${random(2) === 0 ? 'Berlin' : 'Paris'}`;
    const line = `${order} is ${states[random(states.length)]}, ${random(1000)}.${random(100)} euro`;
    return line.padEnd(length, ' and thanks for your order').slice(0, length);
  });
}

function micros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function say(message: FromServer): void {
  process.send?.(message);
}
