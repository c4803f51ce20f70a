import type { ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start, stop } from '../Child.ts';
import type { HerdReaders, HerdReceived, HerdRequest, HerdServer, HerdUsed } from '../herd/messages.ts';
import { type LogName, type Storage, withStorage } from '../storage.ts';
import type { Budget, Entry, Measured, Row } from './Row.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'herd');

/** The number of events that each reader misses, and the number that are published while readers reconnect. */
const [first, missed, meanwhile] = [10, 100, 50];
/** The longest that a herd may take, in ms. */
const herdTimeout = 90_000;

function startChild(role: 'server' | 'load', program: string, run: HerdServer | HerdReaders): ChildProcess {
  const args = ['--max-old-space-size=6144', join(folder, program), JSON.stringify(run)];
  return start(role, process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** Sends a request to a process, if there is one to send, and resolves with its next message. */
function ask<T>(child: ChildProcess, request?: HerdRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error('a process of the herd ended'));
    child.once('exit', onExit);
    child.once('message', (answer) => {
      child.off('exit', onExit);
      resolve(answer as T);
    });
    if (request !== undefined) child.send(request, (error) => error && onExit());
  });
}

interface Herd {
  readonly log: LogName;
  /** Whether the server is killed, and not shut down. */
  readonly isKilled: boolean;
}

function restart(herd: Herd, budget: Budget): Promise<Measured> {
  const children: ChildProcess[] = [];
  return withStorage(herd.log, async (storage) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`took more than ${herdTimeout / 1000} s`)), herdTimeout);
    });
    try {
      return await Promise.race([restartOn(storage, herd, budget, children), late]);
    } finally {
      clearTimeout(timer);
      await Promise.all(children.map(stop));
    }
  });
}

async function restartOn(
  storage: Storage | undefined,
  { log, isKilled }: Herd,
  { quick }: Budget,
  children: ChildProcess[],
): Promise<Measured> {
  const count = quick ? 50 : 5000;
  const [duration, retry] = quick ? [100, [100, 500] as const] : [2000, [1000, 5000] as const];
  const begin = (role: 'server' | 'load', program: string, run: HerdServer | HerdReaders): ChildProcess => {
    const child = startChild(role, program, run);
    children.push(child);
    return child;
  };
  const server = { log, ...(storage && { storage }) };
  const publisher = begin('load', 'server.js', { ...server, port: 0 });
  await ask(publisher);
  const old = begin('server', 'server.js', { ...server, port: 0 });
  const { port } = await ask<{ port: number }>(old);
  const readers = begin('load', 'readers.js', { port, readers: count });
  await ask(readers);
  await ask(publisher, { ask: 'publish', from: 1, to: first });
  const { connections, busy } = await ask<HerdReceived>(readers, { ask: 'expect', number: first });

  const began = micros();
  if (isKilled) old.kill('SIGKILL');
  else await ask(old, { ask: 'shutdown', duration, retry });
  await stop(old);
  await ask(publisher, { ask: 'publish', from: first + 1, to: first + missed });
  const next = begin('server', 'server.js', { ...server, port });
  await ask(next);
  const listening = micros();
  const last = first + missed + meanwhile;
  const publishing = ask(publisher, { ask: 'publish', from: first + missed + 1, to: last, rate: 10 });
  // Where it fails, what is awaited first fails as well.
  publishing.catch(() => {});
  const served = await ask<HerdReceived>(readers, { ask: 'expect', number: first + missed });
  const used = await ask<HerdUsed>(next, { ask: 'used' });
  await publishing;
  await ask(readers, { ask: 'expect', number: last });

  return {
    figures: {
      listening: (listening - began) / 1e6,
      half: (served.half - began) / 1e6,
      all: (served.all - began) / 1e6,
      reads: used.reads,
      reconnects: (served.connections - connections) / count,
      refused: served.refused,
      peak: used.peak / 2 ** 20,
      cost: used.cpu / count,
      longest: used.longest,
      loadBusy: (served.busy - busy) / (served.all - began),
    },
  };
}

function micros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function entry(label: string, herd: Herd): Entry {
  return { label, log: herd.log, alone: (budget) => restart(herd, budget) };
}

export const herd: Row = {
  name: 'herd',
  title: 'A restart with 5000 readers, which reconnect and get what they missed',
  how: `A server is shut down over 2 s, or killed; each reader misses ${missed} events, which another process publishes; a new server starts, and the readers reconnect with their Last-Event-ID after the time in their \`retry:\`: from 1 to 5 s of their own after a shutdown, 3 s for all after a kill. Seconds from the shutdown until the new server listens, and until half of the readers and all of them have what they missed, each event once and in order; meanwhile events are published. Page reads, memory at its highest, processor time and the longest turn are those of the new server.`,
  entries: (['lmdb', 'redis'] as const).flatMap((log) => [
    entry(`${log}, shut down`, { log, isKilled: false }),
    entry(`${log}, killed`, { log, isKilled: true }),
  ]),
  columns: {
    listening: 'listens after s',
    half: 'half served s',
    all: 'all served s',
    reads: 'page reads',
    reconnects: 'connections a reader',
    refused: 'refused',
    peak: 'MiB of the server',
    cost: 'µs a reader',
    longest: 'longest turn ms',
    loadBusy: 'readers busy',
  },
  goals: [],
};
