import { curious, dataOf, numbered, numbers } from './drafts.ts';
import type { LogCase } from './Lab.ts';
import { holds, same } from './same.ts';

export const reading: readonly LogCase[] = [
  {
    name: 'gives pages of at least one entry and never more bytes than asked, from every place',
    run: async (lab) => {
      const log = await lab.open();
      await log.append([...numbers(1, 20), ...curious, ...numbers(33, 50)]);
      const all = await log.data();
      const { length } = (await log.read(0, 1)).bytes;
      for (const maxBytes of [0, 1, length - 1, length, length + 1, 2 * length, 300, 5000, Infinity]) {
        for (const after of [0, 31, 49]) {
          same(`from ${after} in ${maxBytes} bytes`, await log.data(after, maxBytes), all.slice(after));
        }
      }
      same('entries in the bytes of one', (await log.read(0, length)).last, 1);
      same('entries in the bytes of two', (await log.read(0, 2 * length)).last, 2);
      same('entries in a byte less', (await log.read(0, 2 * length - 1)).last, 1);
    },
  },
  {
    name: 'is empty at the tail and after it, and says that the tail is before',
    run: async (lab) => {
      const log = await lab.open();
      await log.append(numbers(1, 3));
      for (const after of [3, 4, 1000, Number.MAX_SAFE_INTEGER]) {
        const { floor, tail, last, bytes, ...page } = await log.read(after);
        same(
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
      same('what came after that', await log.data(3), ['4']);
    },
  },
  {
    name: 'gives back 25,000 entries, in pages that are well filled',
    run: async (lab) => {
      const log = await lab.open();
      const drafts = numbers(1, 25_000);
      for (let from = 0; from < drafts.length; from += 500) await log.append(drafts.slice(from, from + 500));
      const pages = await log.pages(0, 16 * 1024);
      same(
        'the entries',
        pages.flatMap(({ blocks }) => dataOf(blocks)),
        dataOf(drafts),
      );
      const bytes = pages.reduce((sum, page) => sum + page.bytes.length, 0);
      // Half of it allows a log to end pages where its storage does.
      const fair = Math.ceil((2 * bytes) / (16 * 1024)) + 8;
      holds(`${bytes} bytes took ${pages.length} pages of 16 KiB; ${fair} are fair`, pages.length <= fair);
      same('the last but 5', await log.data(24_995), dataOf(numbers(24_996, 25_000)));
    },
  },
  {
    name: 'keeps entries that are larger than a page, beside small ones',
    run: async (lab) => {
      const log = await lab.open();
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
        same(
          `the lengths in pages of ${maxBytes}`,
          data.map(({ length }) => length),
          lengthsOf([...drafts, ...drafts]),
        );
        holds(`the entries in pages of ${maxBytes} differ`, data.join() === dataOf([...drafts, ...drafts]).join());
      }
    },
  },
  {
    name: 'answers before it returns, where it says that it is in memory',
    run: async (lab) => {
      const { log } = await lab.open();
      const answered: string[] = [];
      const note = (name: string) => ({ complete: () => answered.push(name), error: () => answered.push('an error') });
      log.append(numbers(1, 3)).subscribe(note('append'));
      log.read(0, Infinity).subscribe(note('read'));
      log.end('completed').subscribe(note('end'));
      if (log.inMemory) same('what has completed', answered, ['append', 'read', 'end']);
    },
  },
  {
    name: 'never changes a page that was read',
    run: async (lab) => {
      const log = await lab.open(20);
      const pages = [];
      for (let batch = 0; batch < 30; batch++) {
        await log.append(numbers(batch * 20 + 1, batch * 20 + 20));
        const { bytes } = await log.read(batch * 20);
        pages.push({ batch, bytes, copy: bytes.slice() });
      }
      for (const { batch, bytes, copy } of pages) same(`the page of batch ${batch}`, bytes.join(), copy.join());
    },
  },
];

function lengthsOf(drafts: readonly { readonly data: string }[]): readonly number[] {
  return drafts.map(({ data }) => data.length);
}
