import { expectEqual } from './expectEqual.ts';
import type { LogCase, LogOpener } from './LogCase.ts';
import { dataOf, numbered, numbers } from './testEvents.ts';

export const ending: readonly LogCase[] = [
  ...(['completed', 'failed'] as const).map((how) => ({
    name: `has '${how}' as the end of every page after it has ended so, and wakes`,
    run: async (logs: LogOpener) => {
      const log = await logs.open();
      await log.append(numbers(1, 3));
      const woken = log.woken('after the end');
      const { tail, ended } = await log.end(how);
      expectEqual('the result of end', { tail, ended }, { tail: 3, ended: how });
      await woken;
      for (const after of [0, 1, 3, 4]) expectEqual(`ended, after ${after}`, (await log.read(after)).ended, how);
      expectEqual('the entries', await log.data(), ['1', '2', '3']);
    },
  })),
  {
    name: 'ends without an entry',
    run: async (logs) => {
      const log = await logs.open();
      await log.end('completed');
      const { tail, ended } = await log.read(0);
      expectEqual('the state', { tail, ended }, { tail: 0, ended: 'completed' });
    },
  },
  {
    name: 'ends once, as the first call of a writer says',
    run: async (logs) => {
      const log = await logs.open();
      const ends = await Promise.all([log.end('failed'), log.end('completed')]);
      ends.push(await (await log.second()).end('completed'));
      expectEqual(
        'the result of each end',
        ends.map(({ ended }) => ended),
        ['failed', 'failed', 'failed'],
      );
      expectEqual('the end of a page', (await log.read(0)).ended, 'failed');
    },
  },
  {
    name: 'ends in one way when two writers end it at once',
    run: async (logs) => {
      const log = await logs.open();
      const writer = await log.second();
      const [one, other] = await Promise.all([log.end('failed'), writer.end('completed')]);
      expectEqual('the result of the other writer', other.ended, one.ended);
      expectEqual('the end of a page', (await log.read(0)).ended, one.ended);
    },
  },
  {
    name: 'rejects an append after the end, from each writer',
    run: async (logs) => {
      const log = await logs.open();
      const writer = await log.second();
      await log.append([numbered(1)]);
      await log.end('completed');
      for (const each of [log, writer]) {
        expectEqual(
          'the error of an append',
          await each.errorTagOf('append after the end', each.log.append([numbered(2)])),
          'ClosedError',
        );
        const keyed = each.log.append([numbered(2)], { key: 'new' });
        expectEqual(
          'the error of an append with a new key',
          await each.errorTagOf('append after the end', keyed),
          'ClosedError',
        );
        expectEqual('the entries', await each.data(), ['1']);
      }
    },
  },
  {
    name: 'ends after all batches that were appended before, also without waiting for them',
    run: async (logs) => {
      const log = await logs.open();
      const calls = Array.from({ length: 20 }, (_, call) => log.append(numbers(call * 3 + 1, call * 3 + 3)));
      const { tail } = await log.end('completed');
      await Promise.all(calls);
      expectEqual('the tail in the result of end', tail, 60);
      expectEqual('the entries', await log.data(), dataOf(numbers(1, 60)));
    },
  },
  {
    name: 'rejects every operation after close, also when it is closed twice',
    run: async (logs) => {
      const log = await logs.open();
      await log.append([numbered(1)], { key: 'known' });
      log.log.close();
      log.log.close();
      expectEqual('the error of append', await log.errorTagOf('append', log.log.append([numbered(2)])), 'ClosedError');
      expectEqual(
        'the error of append with a known key',
        await log.errorTagOf('append', log.log.append([], { key: 'known' })),
        'ClosedError',
      );
      expectEqual('the error of read', await log.errorTagOf('read', log.log.read(0, 1000)), 'ClosedError');
      expectEqual('the error of end', await log.errorTagOf('end', log.log.end('completed')), 'ClosedError');
    },
  },
];
