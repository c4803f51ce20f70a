import type { CheckedLog } from './CheckedLog.ts';
import { covers } from './CheckedLog.ts';
import { expectEqual, expectTrue } from './expectEqual.ts';
import type { LogCase } from './LogCase.ts';
import { dataOf, numbered, numbers } from './testEvents.ts';

export const sharing: readonly LogCase[] = [
  {
    name: 'stores the batches of two concurrent writers whole and in the order of each writer, and both read the same entries',
    run: async (logs) => {
      const log = await logs.open();
      const writer = await log.second();
      const calls = Array.from({ length: 60 }, (_, call) => {
        const number = Math.floor(call / 2) * 3;
        return call % 2 === 0
          ? log.append(numbers(number + 1, number + 3, 'a'))
          : writer.append(numbers(number + 1, number + 3, 'b'));
      });
      const appended = await Promise.all(calls);
      const data = await log.data();
      expectEqual('the entries that the other writer reads', await writer.data(), data);
      expectEqual('the tail', (await log.state()).tail, 180);
      appended.forEach(({ first, last }, call) => {
        const number = Math.floor(call / 2) * 3;
        expectEqual(
          `batch ${call}`,
          data.slice(first - 1, last),
          dataOf(numbers(number + 1, number + 3, call % 2 === 0 ? 'a' : 'b')),
        );
      });
      for (const by of ['a', 'b']) {
        expectEqual(
          `the order of ${by}`,
          data.filter((text) => text.startsWith(by)),
          dataOf(numbers(1, 90, by)),
        );
      }
    },
  },
  {
    name: 'notifies a writer of an end by another writer',
    run: async (logs) => {
      const log = await logs.open();
      const writer = await log.second();
      await log.append([numbered(1)]);
      const woken = log.woken('after the end by another writer');
      await writer.end('failed');
      await woken;
      const { tail, ended } = await log.read(1);
      expectEqual('the state', { tail, ended }, { tail: 1, ended: 'failed' });
    },
  },
  {
    name: 'retains entries, positions and its end over a restart, or has another epoch after it',
    run: async (logs) => {
      const log = await logs.open();
      await log.append(numbers(1, 500));
      const before = { state: await log.state(), blocks: await log.blocks(0) };
      const { reopened } = log;
      if (reopened === undefined) return expectForgotten(log, await logs.open());

      const again = await reopened();
      // Before any append: a log that finds its position only then would call every cursor one from the future.
      const state = await again.state();
      expectEqual('floor and tail', [state.floor, state.tail], [before.state.floor, before.state.tail]);
      expectTrue(
        `cursors of epoch ${before.state.epoch} must stay exact after a restart: keep its epoch, or list it in past`,
        covers(state, before.state.epoch, 500),
      );
      expectEqual('the entries', await again.blocks(0), before.blocks);
      expectEqual('the page at the tail', (await again.read(500)).blocks, []);
      expectEqual('the position of the next entry', (await again.append([numbered(501)])).first, 501);
      expectEqual('the next entry', await again.data(500), ['501']);
      await again.end('completed');

      const { ended, tail } = await (await reopened()).state();
      expectEqual('after its end and another restart', { ended, tail }, { ended: 'completed', tail: 501 });
    },
  },
];

async function expectForgotten(log: CheckedLog, fresh: CheckedLog): Promise<void> {
  const { epoch } = await log.state();
  const { epoch: other, past } = await fresh.state();
  expectTrue(
    `a fresh log has the epoch ${epoch} of a log whose entries are lost; give each new log another epoch`,
    other !== epoch && !past.some((one) => one.epoch === epoch),
  );
}
