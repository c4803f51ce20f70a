import { endWith, ignoreElements } from 'rxjs';
import { type CheckedLog, defaultMaxBytes } from './CheckedLog.ts';
import { expectEqual } from './expectEqual.ts';
import type { LogCase, LogOpener } from './LogCase.ts';
import { blocksOf, dataOf, numbered, numbers } from './testEvents.ts';

/** The moments of a new reader at which another process may append. */
const moments = [
  'before it subscribes',
  'before it reads',
  'while it reads',
  'when its page arrives',
  'after its page has arrived',
] as const;

export const waking: readonly LogCase[] = [
  ...moments.map((moment) => ({
    name: `lets a new reader miss no entry that is appended ${moment}`,
    run: async (logs: LogOpener) => {
      const log = await logs.open();
      await log.append(numbers(1, 2));
      expectEqual('what it read', await join(log, log, moment), ['1', '2', '3']);
    },
  })),
  {
    name: 'lets a new reader miss no entry at any of these moments when another writer appends',
    run: async (logs) => {
      for (const moment of moments) {
        const log = await logs.open();
        const writer = await log.second();
        await writer.append(numbers(1, 2));
        expectEqual(`what it read, appended ${moment}`, await join(log, writer, moment), ['1', '2', '3']);
      }
    },
  },
  {
    name: 'wakes often enough that a reader that reads at wakes only reaches the end',
    run: async (logs) => {
      const log = await logs.open();
      const writer = await log.second();
      const followed = follow(log);
      for (let from = 1; from <= 300; from += 10) {
        const first = writer.append(numbers(from, from + 4));
        await first;
        await Promise.all([log.append(numbers(from + 5, from + 8)), log.append([numbered(from + 9)])]);
      }
      await writer.end('completed');
      expectEqual('what it read', await followed, dataOf(numbers(1, 300)));
    },
  },
  {
    name: 'completes `wakes` when it is closed',
    run: async (logs) => {
      const log = await logs.open();
      const completion = () =>
        log.answer('the completion of wakes', log.log.wakes.pipe(ignoreElements(), endWith(true)));
      const before = completion();
      log.log.close();
      await Promise.all([before, completion()]);
    },
  },
];

/** Reads as a new reader does: subscribes to the wakes, reads, and reads again when it was woken. */
async function join(log: CheckedLog, writer: CheckedLog, moment: (typeof moments)[number]): Promise<readonly string[]> {
  const appended: Promise<unknown>[] = [];
  const reach = (reached: typeof moment) => {
    if (reached === moment) appended.push(writer.append([numbered(3)]));
  };
  reach('before it subscribes');
  await Promise.all(appended);
  const woken = log.woken(`for what was appended ${moment}`);
  reach('before it reads');
  await Promise.all(appended);
  const reading = log.log.read(0, defaultMaxBytes);
  reach('while it reads');
  // The same error rejects the result below.
  reading.subscribe({ next: () => reach('when its page arrives'), error: () => {} });
  const { bytes, last } = await log.answer('read', reading);
  reach('after its page has arrived');
  const data = [...dataOf(blocksOf(bytes))];
  let at = last;
  for (let wake = woken; at < 3; ) {
    await wake;
    // A wake may come too early, but one that follows the append must come.
    wake = log.woken(`for what was appended ${moment}`);
    const page = await log.read(at);
    data.push(...dataOf(page.blocks));
    at = page.last;
  }
  return data;
}

/** Reads once at first and then at wakes only, until the log has ended. */
async function follow(log: CheckedLog): Promise<readonly string[]> {
  const data: string[] = [];
  for (let at = 0; ; ) {
    const woken = log.woken(`after ${at}`);
    const page = await log.read(at);
    expectEqual('the position after which the page starts', page.after, at);
    data.push(...dataOf(page.blocks));
    at = page.last;
    if (at < page.tail) continue;
    if (page.ended !== false) return data;
    await woken;
  }
}
