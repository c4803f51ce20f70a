import { endWith, ignoreElements } from 'rxjs';
import { blocksOf } from './blocksOf.ts';
import { dataOf, numbered, numbers } from './drafts.ts';
import type { Lab, LogCase } from './Lab.ts';
import { type Probe, wide } from './Probe.ts';
import { same } from './same.ts';

/** The points in the life of a joining reader at which another process may append. */
const moments = [
  'before it subscribes',
  'before it reads',
  'while it reads',
  'as its page arrives',
  'when it has its page',
] as const;

export const waking: readonly LogCase[] = [
  ...moments.map((moment) => ({
    name: `misses nothing that is appended by a reader who joins: ${moment}`,
    run: async (lab: Lab) => {
      const log = await lab.open();
      await log.append(numbers(1, 2));
      same('what it read', await join(log, log, moment), ['1', '2', '3']);
    },
  })),
  {
    name: 'misses nothing at any of these moments when another writer appends',
    run: async (lab) => {
      for (const moment of moments) {
        const log = await lab.open();
        const writer = await log.second();
        await writer.append(numbers(1, 2));
        same(`what it read, appended ${moment}`, await join(log, writer, moment), ['1', '2', '3']);
      }
    },
  },
  {
    name: 'leads a reader who only follows its wakes to the end',
    run: async (lab) => {
      const log = await lab.open();
      const writer = await log.second();
      const followed = follow(log);
      for (let from = 1; from <= 300; from += 10) {
        const first = writer.append(numbers(from, from + 4));
        await first;
        await Promise.all([log.append(numbers(from + 5, from + 8)), log.append([numbered(from + 9)])]);
      }
      await writer.end('completed');
      same('what it read', await followed, dataOf(numbers(1, 300)));
    },
  },
  {
    name: 'completes its wakes when it is closed',
    run: async (lab) => {
      const log = await lab.open();
      const completion = () => log.answer('completed wakes', log.log.wakes.pipe(ignoreElements(), endWith(true)));
      const before = completion();
      log.log.close();
      await Promise.all([before, completion()]);
    },
  },
];

/** Joins as a reader does: subscribes to the wakes, reads, and reads again when it was woken. */
async function join(log: Probe, writer: Probe, at: (typeof moments)[number]): Promise<readonly string[]> {
  const appended: Promise<unknown>[] = [];
  const reach = (moment: typeof at) => {
    if (moment === at) appended.push(writer.append([numbered(3)]));
  };
  reach('before it subscribes');
  await Promise.all(appended);
  const woken = log.woken(`for what was appended ${at}`);
  reach('before it reads');
  await Promise.all(appended);
  const reading = log.log.read(0, wide);
  reach('while it reads');
  // An error is the answer below as well.
  reading.subscribe({ next: () => reach('as its page arrives'), error: () => {} });
  const { bytes, last } = await log.answer('read', reading);
  reach('when it has its page');
  const data = dataOf(blocksOf(bytes));
  if (last >= 3) return data;
  await woken;
  return [...data, ...(await log.data(last))];
}

/** Reads once at first and then at wakes only, until the log has ended. */
async function follow(log: Probe): Promise<readonly string[]> {
  const data: string[] = [];
  for (let at = 0; ; ) {
    const woken = log.woken(`after ${at}`);
    const page = await log.read(at);
    same('what was asked for and is not there', page.after, at);
    data.push(...dataOf(page.blocks));
    at = page.last;
    if (at < page.tail) continue;
    if (page.ended !== false) return data;
    await woken;
  }
}
