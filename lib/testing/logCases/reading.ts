import { expectEqual, expectTrue } from './expectEqual.ts';
import type { LogCase } from './LogCase.ts';
import { dataOf, numbered, numbers, unusualEvents } from './testEvents.ts';

export const reading: readonly LogCase[] = [
  {
    name: 'reads pages of at least one entry and otherwise at most maxBytes, after every position',
    run: async (logs) => {
      const log = await logs.open();
      await log.append([...numbers(1, 20), ...unusualEvents, ...numbers(33, 50)]);
      const all = await log.data();
      const { length } = (await log.read(0, 1)).bytes;
      for (const maxBytes of [0, 1, length - 1, length, length + 1, 2 * length, 300, 5000, Infinity]) {
        for (const after of [0, 31, 49]) {
          expectEqual(`from ${after} in ${maxBytes} bytes`, await log.data(after, maxBytes), all.slice(after));
        }
      }
      expectEqual('entries in the bytes of one', (await log.read(0, length)).last, 1);
      expectEqual('entries in the bytes of two', (await log.read(0, 2 * length)).last, 2);
      expectEqual('entries in one byte less than two', (await log.read(0, 2 * length - 1)).last, 1);
    },
  },
  {
    name: 'reads an empty page at the tail and after it, with the tail',
    run: async (logs) => {
      const log = await logs.open();
      await log.append(numbers(1, 3));
      for (const after of [3, 4, 1000, Number.MAX_SAFE_INTEGER]) {
        const { floor, tail, last, bytes, ...page } = await log.read(after);
        expectEqual(
          `the page after ${after}`,
          { floor, tail, last, bytes: bytes.length, after: page.after },
          {
            floor: 0,
            tail: 3,
            last: after,
            bytes: 0,
            after,
          },
        );
      }
      await log.append([numbered(4)]);
      expectEqual('the entry that was appended later', await log.data(3), ['4']);
    },
  },
  {
    name: 'reads 25,000 entries in pages that are at least half full',
    run: async (logs) => {
      const log = await logs.open();
      const drafts = numbers(1, 25_000);
      for (let from = 0; from < drafts.length; from += 500) await log.append(drafts.slice(from, from + 500));
      const pages = await log.pages(0, 16 * 1024);
      expectEqual(
        'the entries',
        pages.flatMap(({ blocks }) => dataOf(blocks)),
        dataOf(drafts),
      );
      const bytes = pages.reduce((sum, page) => sum + page.bytes.length, 0);
      // Half of it allows a log to end pages where its storage does.
      const maxPages = Math.ceil((2 * bytes) / (16 * 1024)) + 8;
      expectTrue(
        `${bytes} bytes took ${pages.length} pages of 16 KiB; at most ${maxPages} are allowed; fill pages up to maxBytes`,
        pages.length <= maxPages,
      );
      expectEqual('the last but 5', await log.data(24_995), dataOf(numbers(24_996, 25_000)));
    },
  },
  {
    name: 'stores entries that are larger than a page, beside small ones',
    run: async (logs) => {
      const log = await logs.open();
      const large = [70_000, 300_000, 1_000_000].map((length) => ({
        event: 'large',
        data: `${length} ${'é🙂x'.repeat(length / 8)}`,
        retry: undefined,
      }));
      const drafts = [numbered(1), ...large, numbered(2), ...[...large].reverse(), numbered(3)];
      for (const draft of drafts) await log.append([draft]);
      await log.append(drafts);
      for (const maxBytes of [1, 64 * 1024, 500_000, Infinity]) {
        const data = await log.data(0, maxBytes);
        expectEqual(
          `the lengths in pages of ${maxBytes}`,
          data.map(({ length }) => length),
          lengthsOf([...drafts, ...drafts]),
        );
        expectTrue(`the entries in pages of ${maxBytes} differ`, data.join() === dataOf([...drafts, ...drafts]).join());
      }
    },
  },
  {
    name: 'notifies before the call returns, where `inMemory` is true',
    run: async (logs) => {
      const { log } = await logs.open();
      const answered: string[] = [];
      const note = (name: string) => ({ complete: () => answered.push(name), error: () => answered.push('an error') });
      log.append(numbers(1, 3)).subscribe(note('append'));
      log.read(0, Infinity).subscribe(note('read'));
      log.end('completed').subscribe(note('end'));
      if (log.inMemory) expectEqual('the operations that have completed', answered, ['append', 'read', 'end']);
    },
  },
  {
    name: 'never changes a page that was read',
    run: async (logs) => {
      const log = await logs.open(20);
      const pages = [];
      for (let batch = 0; batch < 30; batch++) {
        await log.append(numbers(batch * 20 + 1, batch * 20 + 20));
        const { bytes } = await log.read(batch * 20);
        pages.push({ batch, bytes, copy: bytes.slice() });
      }
      for (const { batch, bytes, copy } of pages) expectEqual(`the page of batch ${batch}`, bytes.join(), copy.join());
    },
  },
];

function lengthsOf(drafts: readonly { readonly data: string }[]): readonly number[] {
  return drafts.map(({ data }) => data.length);
}
