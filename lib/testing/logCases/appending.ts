import { cursorOf } from '../../event/cursor.ts';
import { covers } from './CheckedLog.ts';
import { expectEqual, expectTrue } from './expectEqual.ts';
import type { LogCase } from './LogCase.ts';
import { dataOf, numbered, numbers, unusualEvents } from './testEvents.ts';

export const appending: readonly LogCase[] = [
  {
    name: 'is empty at first, with floor and tail 0',
    run: async (logs) => {
      const log = await logs.open();
      const { epoch, after, last, bytes, blocks, ...rest } = await log.read(0);
      expectEqual('a fresh log', rest, { past: [], floor: 0, tail: 0, ended: false });
      expectEqual(
        'its page',
        { after, last, bytes: bytes.length, blocks },
        { after: 0, last: 0, bytes: 0, blocks: [] },
      );
    },
  },
  {
    name: 'has an epoch of its own',
    run: async (logs) => {
      const [one, other] = [await (await logs.open()).state(), await (await logs.open()).state()];
      expectTrue(
        `two fresh logs have the same epoch ${one.epoch}; give each new log another one`,
        one.epoch !== other.epoch,
      );
    },
  },
  {
    name: 'numbers entries from 1 without a hole, one or many at a time, and returns their positions',
    run: async (logs) => {
      const log = await logs.open();
      const before = await log.state();
      const appended = [];
      for (const batch of [numbers(1, 1), numbers(2, 4), numbers(5, 5), numbers(6, 105)])
        appended.push(await log.append(batch));
      const state = await log.state();
      const { epoch } = state;
      expectEqual('the positions', appended, [
        { epoch, first: 1, last: 1 },
        { epoch, first: 2, last: 4 },
        { epoch, first: 5, last: 5 },
        { epoch, first: 6, last: 105 },
      ]);
      const blocks = await log.blocks(0);
      expectEqual('the entries', dataOf(blocks), dataOf(numbers(1, 105)));
      expectEqual(
        'the cursors',
        blocks.map(({ id }) => id),
        blocks.map((_, index) => cursorOf(epoch, index + 1)),
      );
      expectTrue(
        `the cursor before the first entry, of epoch ${before.epoch}, must stay exact: keep that epoch, or list it in past`,
        covers(state, before.epoch, 0),
      );
    },
  },
  {
    name: 'appends without a subscriber, and repeats the result for each late one',
    run: async (logs) => {
      const log = await logs.open();
      const appended = log.log.append(numbers(1, 2));
      await log.append(numbers(3, 3));
      expectEqual('what was appended and not subscribed to', await log.data(), ['1', '2', '3']);
      expectEqual('the result of the first late subscriber', (await log.answer('append', appended)).last, 2);
      expectEqual('the result of the second late subscriber', (await log.answer('append', appended)).last, 2);
      expectEqual('the entries after both', await log.data(), ['1', '2', '3']);
    },
  },
  {
    name: 'returns each entry as it was appended: names, retries, line breaks, text of any script',
    run: async (logs) => {
      const log = await logs.open();
      await log.append(unusualEvents);
      for (const draft of unusualEvents) await log.append([draft]);
      const drafts = (await log.blocks(0)).map(({ id: _, ...draft }) => draft);
      expectEqual('the entries', drafts, [...unusualEvents, ...unusualEvents]);
    },
  },
  {
    name: 'stores concurrent batches whole and in the order of the calls',
    run: async (logs) => {
      const log = await logs.open();
      const calls = Array.from({ length: 40 }, (_, call) => log.append(numbers(call * 7 + 1, call * 7 + 7)));
      expectEqual(
        'the first position of each batch',
        (await Promise.all(calls)).map(({ first }) => first),
        calls.map((_, call) => call * 7 + 1),
      );
      expectEqual('the entries', await log.data(), dataOf(numbers(1, 280)));
    },
  },
  {
    name: 'adds nothing for an empty batch',
    run: async (logs) => {
      const log = await logs.open();
      await log.append([numbered(1)]);
      const { first, last } = await log.append([]);
      expectEqual('its position', { first, last }, { first: 2, last: 1 });
      expectEqual('the entries', await log.data(), ['1']);
    },
  },
  {
    name: 'appends once for each key, also when another writer repeats the key with other entries',
    run: async (logs) => {
      const log = await logs.open();
      const keyed = (number: number) => log.append(numbers(number, number + 1), { key: 'a key' });
      const [first, atOnce] = await Promise.all([keyed(1), keyed(3)]);
      expectEqual('the same key at once', atOnce, first);
      await log.append([numbered(9)], { key: 'another key' });
      expectEqual('the same key later', await keyed(5), first);
      expectEqual(
        'the same key of another writer',
        await (await log.second()).append(numbers(7, 8), { key: 'a key' }),
        first,
      );
      expectEqual('the entries', await log.data(), ['1', '2', '9']);
      await log.end('completed');
      expectEqual('the same key after the end', await keyed(7), first);
    },
  },
];
