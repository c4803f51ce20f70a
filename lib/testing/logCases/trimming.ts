import { dataOf, numbers } from './drafts.ts';
import type { LogCase, Opened } from './Lab.ts';
import { holds, same } from './same.ts';

/** The entries that the logs of these cases retain, and that they append at once. */
const retained = 50;

export const trimming: readonly LogCase[] = [
  {
    name: 'lets go of the oldest entries when there are enough newer ones, and tells by the floor',
    run: async (lab) => {
      const log = await lab.open(retained);
      const tail = await overfill(log);
      const page = await log.read(0);
      holds(`of ${tail} entries it keeps only ${tail - page.floor}`, tail - page.floor >= retained);
      same('the page after 0 begins after', page.after, page.floor);
      same('what is kept', await log.data(0), dataOf(numbers(page.floor + 1, tail)));
      same('what is kept, from the floor', await log.data(page.floor), await log.data(0));
      same(
        'the page after the place before the floor begins after',
        (await log.read(page.floor - 1)).after,
        page.floor,
      );
      same(
        'the page after the place behind the floor begins after',
        (await log.read(page.floor + 1)).after,
        page.floor + 1,
      );
      same('the tail of an empty page', (await log.read(tail)).tail, tail);
    },
  },
  {
    name: 'can be read while it is trimmed: what is missing is always told, and nothing else is missing',
    run: async (lab) => {
      const log = await lab.open(retained);
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
          same(`the entries from ${after}`, dataOf(blocks), dataOf(numbers(after + 1, last)));
          at = last;
        }
      }
      const rest = await log.read(at, Infinity);
      same('the last entry', rest.last, 40 * retained);
      holds('nothing was trimmed', missed > 0);
    },
  },
];

/** Appends until something is removed. Logs may do that in steps, but not never. */
async function overfill(log: Opened): Promise<number> {
  for (let tail = 0; tail < 100 * retained; tail += retained) {
    await log.append(numbers(tail + 1, tail + retained));
    if ((await log.state()).floor > 0) return tail + retained;
  }
  holds(`${100 * retained} entries and the floor is still 0, in a log that keeps ${retained}`, false);
  return 0;
}
