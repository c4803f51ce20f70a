import { covers } from './checkPage.ts';
import { dataOf, numbered, numbers } from './drafts.ts';
import type { LogCase, Opened } from './Lab.ts';
import type { Probe } from './Probe.ts';
import { holds, same } from './same.ts';

export const sharing: readonly LogCase[] = [
  {
    name: 'takes what two writers append at once: each batch whole, each in its order, both the same',
    run: async (lab) => {
      const log = await lab.open();
      const writer = await log.second();
      const calls = Array.from({ length: 60 }, (_, call) => {
        const number = Math.floor(call / 2) * 3;
        return call % 2 === 0
          ? log.append(numbers(number + 1, number + 3, 'a'))
          : writer.append(numbers(number + 1, number + 3, 'b'));
      });
      const appended = await Promise.all(calls);
      const data = await log.data();
      same('the entries as the other reads them', await writer.data(), data);
      same('the tail', (await log.state()).tail, 180);
      appended.forEach(({ first, last }, call) => {
        const number = Math.floor(call / 2) * 3;
        same(
          `batch ${call}`,
          data.slice(first - 1, last),
          dataOf(numbers(number + 1, number + 3, call % 2 === 0 ? 'a' : 'b')),
        );
      });
      for (const by of ['a', 'b']) {
        same(
          `the order of ${by}`,
          data.filter((text) => text.startsWith(by)),
          dataOf(numbers(1, 90, by)),
        );
      }
    },
  },
  {
    name: 'tells one writer of the end by another',
    run: async (lab) => {
      const log = await lab.open();
      const writer = await log.second();
      await log.append([numbered(1)]);
      const woken = log.woken('at the end by another');
      await writer.end('failed');
      await woken;
      const { tail, ended } = await log.read(1);
      same('the state', { tail, ended }, { tail: 1, ended: 'failed' });
    },
  },
  {
    name: 'survives a restart, entries, places and end, or says by its epoch that it did not',
    run: async (lab) => {
      const log = await lab.open();
      await log.append(numbers(1, 500));
      const before = { state: await log.state(), blocks: await log.blocks(0) };
      if (log.reopened === undefined) return forgets(log, await lab.open());

      const again = await log.reopened();
      // Before any append: a log that finds its position only then would call every cursor one from the future.
      const state = await again.state();
      same('floor and tail', [state.floor, state.tail], [before.state.floor, before.state.tail]);
      holds(`cursors of epoch ${before.state.epoch} are no longer exact`, covers(state, before.state.epoch, 500));
      same('the entries', await again.blocks(0), before.blocks);
      same('the page at the tail', (await again.read(500)).blocks, []);
      same('the place of the next', (await again.append([numbered(501)])).first, 501);
      same('the next', await again.data(500), ['501']);
      await again.end('completed');

      const { ended, tail } = await (await reopenedAgain(log)).state();
      same('after its end and another restart', { ended, tail }, { ended: 'completed', tail: 501 });
    },
  },
];

async function forgets(log: Probe, fresh: Probe): Promise<void> {
  const { epoch } = await log.state();
  const { epoch: other, past } = await fresh.state();
  holds(
    `the epoch ${epoch} of what is lost is one of a fresh log`,
    other !== epoch && !past.some((one) => one.epoch === epoch),
  );
}

function reopenedAgain({ reopened }: Opened): Promise<Probe> {
  if (reopened === undefined) throw new TypeError('logSuite: reopen is gone');
  return reopened();
}
