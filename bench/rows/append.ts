import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { start } from '../Child.ts';
import { type LogName, type Storage, withStorage } from '../storage.ts';
import type { Entry, Look, Row } from './Row.ts';

const program = join(dirname(fileURLToPath(import.meta.url)), '..', 'append.js');

/** Describes one run; passed to its process as JSON. */
export interface AppendRun {
  readonly log: LogName;
  readonly storage?: Storage;
  /** The number of events in one turn of the loop. */
  readonly burst: number;
  readonly seconds: number;
  /** The most events that are appended flat out. */
  readonly events: number;
  /** How many feeds with connections of their own read what is appended, as other processes do. @default 0 */
  readonly followers?: number;
  /** The number of logs, which get one event after the other. @default 1 */
  readonly logs?: number;
}

export interface AppendResult {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the process that appends, in microseconds an event. */
  readonly cost: number;
  /** Processor time of the server that stores the log, in microseconds an event. */
  readonly storageCost: number;
  /** The same at 100 turns a second. */
  readonly pacedCost: number;
  /** The bytes that are stored for an event, with everything around it. */
  readonly bytes: number;
}

function entry(
  label: string,
  log: LogName,
  run: Pick<AppendRun, 'burst' | 'followers' | 'logs'>,
  most = 500_000,
): Entry {
  return {
    label,
    log,
    alone: ({ seconds, quick }) =>
      withStorage(log, async (storage) => {
        const events = quick ? Math.min(most, 2000) : most;
        const { storageCost, pacedCost, ...figures } = await runOnce({
          ...run,
          log,
          seconds,
          events,
          ...(storage && { storage }),
        });
        return { figures: { ...figures, ...(pacedCost > 0 ? { storageCost, pacedCost } : {}) } };
      }),
  };
}

async function runOnce(run: AppendRun): Promise<AppendResult> {
  const child = start('server', process.execPath, ['--expose-gc', program, JSON.stringify(run)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('expected the output of the process that appends');
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`the process that appends ended with code ${code}`);
  return JSON.parse(output);
}

const logs: readonly LogName[] = ['memory', 'lmdb', 'redis', 'postgres'];

export const append: Row = {
  name: 'append',
  title: 'Appends to each log',
  how: 'Events of some 150 bytes, published to a feed without readers. Flat out: 1 or 50 in each turn of the loop, with at most 1000 that are not stored yet. At 100 turns a second: the milliseconds from `publish` until the log has acknowledged it. `1000 logs`: 50 in each turn, each event to the next of 1000 feeds. `lmdb` acknowledges what other processes see. The files of the databases are in memory, where the system has such a folder: no disk is measured. At the end all entries are read back and checked.',
  entries: [
    ...[1, 50].flatMap((burst) => logs.map((log) => entry(`${log}, ${burst} a turn`, log, { burst }))),
    ...logs.map((log) => entry(`${log}, 1000 logs`, log, { burst: 50, logs: 1000 }, 200_000)),
  ],
  columns: {
    rate: 'events/s',
    p50: 'p50 ms',
    p99: 'p99 ms',
    cost: 'µs an event',
    storageCost: 'µs of the storage',
    pacedCost: 'at 100 turns/s',
    bytes: 'bytes stored an event',
  },
  goals: [],
};

const [few, some, many] = [1, 10, 40];

function perProcess(log: LogName, look: Look): number | undefined {
  const [least, most] = [few, many].map((count) => look(`${log}, ${count}`, 'pacedCost'));
  return least === undefined || most === undefined ? undefined : (most - least) / (many - few);
}

export const processes: Row = {
  name: 'processes',
  title: 'What the storage has to do for each process that has readers',
  how: `100 events a second, one by one; ${few}, ${some} and ${many} feeds with a log and connections of their own read them, as that many processes would. Processor time of Redis or Postgres for an event; an append without readers costs what the row \`append\` says. Each of the feeds gets every event once and in order.`,
  entries: (['redis', 'postgres'] as const).flatMap((log) =>
    [few, some, many].map((followers) => entry(`${log}, ${followers}`, log, { burst: 1, followers }, 500)),
  ),
  columns: { pacedCost: 'µs of the storage an event', p50: 'p50 ms of an append', p99: 'p99 ms' },
  goals: (['redis', 'postgres'] as const).map((log) => ({
    what: `${log}, an event and process`,
    unit: 'µs',
    value: (look) => perProcess(log, look),
    more: false,
  })),
};
