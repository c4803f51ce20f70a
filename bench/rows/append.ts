import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { start } from '../Child.ts';
import { type LogName, type Storage, withStorage } from '../storage.ts';
import type { Entry, Row } from './Row.ts';

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
}

export interface AppendResult {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the process that appends, in microseconds an event. */
  readonly cost: number;
  /** Processor time of the server that stores the log, in microseconds an event. */
  readonly storageCost: number;
  /** The bytes that are stored for an event, with everything around it. */
  readonly bytes: number;
}

function entry(log: LogName, burst: number): Entry {
  return {
    label: `${log}, ${burst} a turn`,
    log,
    alone: ({ seconds, quick }) =>
      withStorage(log, async (storage) => {
        const run = { log, burst, seconds, events: quick ? 2000 : 500_000, ...(storage && { storage }) };
        const { storageCost, ...figures } = await runOnce(run);
        return { figures: { ...figures, ...(storageCost > 0 ? { storageCost } : {}) } };
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

export const append: Row = {
  name: 'append',
  title: 'Appends to each log',
  how: 'Events of some 150 bytes, published to a feed without readers. Flat out: 1 or 50 in each turn of the loop, with at most 1000 that are not stored yet. At 100 turns a second: the milliseconds from `publish` until the log has acknowledged it. `lmdb` acknowledges what other processes see. The files of the databases are in memory, where the system has such a folder: no disk is measured. At the end all entries are read back and checked.',
  entries: [1, 50].flatMap((burst) =>
    (['memory', 'lmdb', 'redis', 'postgres'] as const).map((log) => entry(log, burst)),
  ),
  columns: {
    rate: 'events/s',
    p50: 'p50 ms',
    p99: 'p99 ms',
    cost: 'µs an event',
    storageCost: 'µs of the storage',
    bytes: 'bytes stored an event',
  },
  goals: [],
};
