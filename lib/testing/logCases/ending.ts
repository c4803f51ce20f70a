import { dataOf, numbered, numbers } from './drafts.ts';
import type { Lab, LogCase } from './Lab.ts';
import { same } from './same.ts';

export const ending: readonly LogCase[] = [
  ...(['completed', 'failed'] as const).map((how) => ({
    name: `says on every page that it has ${how}, and wakes whoever waits for more`,
    run: async (lab: Lab) => {
      const log = await lab.open();
      await log.append(numbers(1, 3));
      const woken = log.woken('at the end');
      const { tail, ended } = await log.end(how);
      same('what the end gives', { tail, ended }, { tail: 3, ended: how });
      await woken;
      for (const after of [0, 1, 3, 4]) same(`ended, after ${after}`, (await log.read(after)).ended, how);
      same('the entries', await log.data(), ['1', '2', '3']);
    },
  })),
  {
    name: 'can end empty',
    run: async (lab) => {
      const log = await lab.open();
      await log.end('completed');
      const { tail, ended } = await log.read(0);
      same('the state', { tail, ended }, { tail: 0, ended: 'completed' });
    },
  },
  {
    name: 'ends once: the first end stays',
    run: async (lab) => {
      const log = await lab.open();
      const ends = await Promise.all([log.end('failed'), log.end('completed'), (await log.second()).end('completed')]);
      same(
        'what each end gave',
        ends.map(({ ended }) => ended),
        ['failed', 'failed', 'failed'],
      );
      same('what is on a page', (await log.read(0)).ended, 'failed');
    },
  },
  {
    name: 'takes nothing after the end, of no writer',
    run: async (lab) => {
      const log = await lab.open();
      const writer = await log.second();
      await log.append([numbered(1)]);
      await log.end('completed');
      for (const probe of [log, writer]) {
        same(
          'the refusal',
          await probe.refusal('append after the end', probe.log.append([numbered(2)])),
          'ClosedError',
        );
        const keyed = probe.log.append([numbered(2)], { key: 'new' });
        same('the refusal of a new key', await probe.refusal('append after the end', keyed), 'ClosedError');
        same('the entries', await probe.data(), ['1']);
      }
    },
  },
  {
    name: 'has, when it ends, all that was appended before, though nobody waited for it',
    run: async (lab) => {
      const log = await lab.open();
      const calls = Array.from({ length: 20 }, (_, call) => log.append(numbers(call * 3 + 1, call * 3 + 3)));
      const { tail } = await log.end('completed');
      await Promise.all(calls);
      same('the tail that the end gave', tail, 60);
      same('the entries', await log.data(), dataOf(numbers(1, 60)));
    },
  },
  {
    name: 'refuses everything once it is closed, twice too',
    run: async (lab) => {
      const log = await lab.open();
      await log.append([numbered(1)], { key: 'known' });
      log.log.close();
      log.log.close();
      same('an append', await log.refusal('append', log.log.append([numbered(2)])), 'ClosedError');
      same('a known key', await log.refusal('append', log.log.append([], { key: 'known' })), 'ClosedError');
      same('a read', await log.refusal('read', log.log.read(0, 1000)), 'ClosedError');
      same('an end', await log.refusal('end', log.log.end('completed')), 'ClosedError');
    },
  },
];
