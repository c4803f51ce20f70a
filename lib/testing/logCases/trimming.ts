import { expectEqual, expectTrue } from './expectEqual.ts';
import type { LogCase, OpenedLog } from './LogCase.ts';
import { dataOf, numbers } from './testEvents.ts';

/** The entries that the logs of these cases retain, and that they append at once. */
const retained = 50;

export const trimming: readonly LogCase[] = [
  {
    name: 'removes the oldest entries when there are enough newer ones, and raises its floor',
    run: async (logs) => {
      const log = await logs.open(retained);
      const tail = await overfill(log);
      const page = await log.read(0);
      expectTrue(
        `the log must retain at least ${retained} of ${tail} entries, got ${tail - page.floor}`,
        tail - page.floor >= retained,
      );
      expectEqual('the page after 0 starts after', page.after, page.floor);
      expectEqual('the retained entries', await log.data(0), dataOf(numbers(page.floor + 1, tail)));
      expectEqual('the retained entries, read from the floor', await log.data(page.floor), await log.data(0));
      expectEqual('the page before the floor starts after', (await log.read(page.floor - 1)).after, page.floor);
      expectEqual('the page behind the floor starts after', (await log.read(page.floor + 1)).after, page.floor + 1);
      expectEqual('the tail of an empty page', (await log.read(tail)).tail, tail);
    },
  },
  {
    name: 'can be read while it removes entries: a page shows which are missing, and no other is missing',
    run: async (logs) => {
      const log = await logs.open(retained);
      const writer = await log.second();
      let at = 0;
      let missed = 0;
      for (let tail = 0; tail < 40 * retained; tail += retained) {
        const appended = writer.append(numbers(tail + 1, tail + retained));
        // The first page races with the append, the second follows it.
        for (const wait of [undefined, appended]) {
          await wait;
          const { after, last, blocks } = await log.read(at, 512);
          missed += after - at;
          expectEqual(`the entries from ${after}`, dataOf(blocks), dataOf(numbers(after + 1, last)));
          at = last;
        }
      }
      const rest = await log.read(at, Infinity);
      expectEqual('the last entry', rest.last, 40 * retained);
      expectTrue(
        'no entry was removed while the log was read; remove entries soon after there are more than it has to retain',
        missed > 0,
      );
    },
  },
];

/** Appends until an entry is removed. A log may remove them in steps. */
async function overfill(log: OpenedLog): Promise<number> {
  for (let tail = 0; tail < 100 * retained; tail += retained) {
    await log.append(numbers(tail + 1, tail + retained));
    if ((await log.state()).floor > 0) return tail + retained;
  }
  expectTrue(
    `the floor is still 0 after ${100 * retained} entries in a log that has to retain ${retained}; remove the older ones`,
    false,
  );
  return 0;
}
