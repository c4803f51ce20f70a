import { cursorOf } from '../../event/cursor.ts';
import { curious, dataOf, numbered, numbers } from './drafts.ts';
import type { LogCase } from './Lab.ts';
import { holds, same } from './same.ts';

export const appending: readonly LogCase[] = [
  {
    name: 'begins empty, at 0',
    run: async (lab) => {
      const log = await lab.open();
      const { epoch, after, last, bytes, blocks, ...rest } = await log.read(0);
      same('a fresh log', rest, { past: [], floor: 0, tail: 0, ended: false });
      same('its page', { after, last, bytes: bytes.length, blocks }, { after: 0, last: 0, bytes: 0, blocks: [] });
    },
  },
  {
    name: 'has an epoch that no other log has',
    run: async (lab) => {
      const [one, other] = [await (await lab.open()).state(), await (await lab.open()).state()];
      holds(`two fresh logs share the epoch ${one.epoch}`, one.epoch !== other.epoch);
    },
  },
  {
    name: 'numbers from 1 without a hole, one entry or many at a time, and says where they are',
    run: async (lab) => {
      const log = await lab.open();
      const { epoch } = await log.state();
      const appended = [];
      for (const batch of [numbers(1, 1), numbers(2, 4), numbers(5, 5), numbers(6, 105)])
        appended.push(await log.append(batch));
      same('the places', appended, [
        { epoch, first: 1, last: 1 },
        { epoch, first: 2, last: 4 },
        { epoch, first: 5, last: 5 },
        { epoch, first: 6, last: 105 },
      ]);
      const blocks = await log.blocks(0);
      same('the entries', dataOf(blocks), dataOf(numbers(1, 105)));
      same(
        'the cursors',
        blocks.map(({ id }) => id),
        blocks.map((_, index) => cursorOf(epoch, index + 1)),
      );
    },
  },
  {
    name: 'works whether or not anybody subscribes, and answers again and again',
    run: async (lab) => {
      const log = await lab.open();
      const appended = log.log.append(numbers(1, 2));
      await log.append(numbers(3, 3));
      same('what was appended and not subscribed to', await log.data(), ['1', '2', '3']);
      same('the first late answer', (await log.answer('append', appended)).last, 2);
      same('the second late answer', (await log.answer('append', appended)).last, 2);
      same('after both', await log.data(), ['1', '2', '3']);
    },
  },
  {
    name: 'gives every entry as it was put in: names, retries, lines, bytes of any script',
    run: async (lab) => {
      const log = await lab.open();
      await log.append(curious);
      for (const draft of curious) await log.append([draft]);
      const drafts = (await log.blocks(0)).map(({ id: _, ...draft }) => draft);
      same('the entries', drafts, [...curious, ...curious]);
    },
  },
  {
    name: 'places batches whole and in the order of the calls, when nobody waits for the one before',
    run: async (lab) => {
      const log = await lab.open();
      const calls = Array.from({ length: 40 }, (_, call) => log.append(numbers(call * 7 + 1, call * 7 + 7)));
      same(
        'the first of each',
        (await Promise.all(calls)).map(({ first }) => first),
        calls.map((_, call) => call * 7 + 1),
      );
      same('the entries', await log.data(), dataOf(numbers(1, 280)));
    },
  },
  {
    name: 'adds nothing for an empty batch',
    run: async (lab) => {
      const log = await lab.open();
      await log.append([numbered(1)]);
      const { first, last } = await log.append([]);
      same('its place', { first, last }, { first: 2, last: 1 });
      same('the entries', await log.data(), ['1']);
    },
  },
  {
    name: 'appends once under one key, whoever asks again and with whatever',
    run: async (lab) => {
      const log = await lab.open();
      const keyed = (number: number) => log.append(numbers(number, number + 1), { key: 'a key' });
      const [first, atOnce] = await Promise.all([keyed(1), keyed(3)]);
      same('the same key at once', atOnce, first);
      await log.append([numbered(9)], { key: 'another key' });
      same('the same key later', await keyed(5), first);
      same('the same key of another writer', await (await log.second()).append(numbers(7, 8), { key: 'a key' }), first);
      same('the entries', await log.data(), ['1', '2', '9']);
      await log.end('completed');
      same('the same key after the end', await keyed(7), first);
    },
  },
];
