import { expect } from 'chai';
import { end, firstStatus, follow, statuses, Tick, tick, valuesOf } from './following.ts';
import { cut, ended, open, rawServer, reset, status } from './rawServer.ts';

const ticks = (...numbers: readonly number[]) => numbers.map((n) => Tick(n));

describe('fromSse, when the line is lost,', () => {
  const losses = [
    ['before the head', reset, 'unreachable'],
    ['before the first byte of the body', cut(''), 'broken'],
    ['at the end of the body', ended(''), 'closed'],
    ['by a 503', status('503 Busy'), 'status'],
    ['by a 408', status('408 Slow'), 'status'],
    ['by a 425', status('425 Early'), 'status'],
    ['by a 429', status('429 Often'), 'status'],
    ['by a 599', status('599 Odd'), 'status'],
  ] as const;

  for (const [where, loss, reason] of losses) {
    it(`${where}, comes back and says why it had to`, () =>
      rawServer([loss, ended(tick(1) + end)], async ({ url, asked }) => {
        const heard = statuses();
        expect(await valuesOf(follow(url, { statusObserver: heard }))).to.deep.equal(ticks(1));
        const isOpen = reason === 'broken' || reason === 'closed';
        expect(heard.told).to.deep.equal([
          'connecting',
          ...(isOpen ? ['open'] : []),
          `retrying: ${reason}`,
          'connecting',
          'open',
          'completed',
        ]);
        expect(asked).to.have.length(2);
        expect(asked[1]?.header('last-event-id')).to.equal(undefined);
      }));
  }

  it('in the middle of a frame, drops that, and comes back to the position before it', () =>
    rawServer([cut(`${tick(1)}id: 2\nevent: tick\ndata: 2`), ended(tick(2) + end)], async ({ url, asked }) => {
      const heard = statuses();
      expect(await valuesOf(follow(url, { statusObserver: heard }))).to.deep.equal(ticks(1, 2));
      expect(heard.told).to.include.members(['retrying: broken', 'connecting after 1']);
      expect(asked[1]?.header('last-event-id')).to.equal('1');
    }));

  it('keeps its position over connections that bring none, until an empty id clears it', () =>
    rawServer(
      [ended(tick(1)), reset, status('503 Busy'), ended('id\ndata: x\n\n'), ended(tick(2) + end)],
      async ({ url, asked }) => {
        expect(await valuesOf(follow(url))).to.deep.equal(ticks(1, 2));
        expect(asked.map((one) => one.header('last-event-id'))).to.deep.equal([undefined, '1', '1', '1', undefined]);
      },
    ));

  it('comes back to a position that no event brought', () =>
    rawServer(
      [ended('id: p\nevent: rxsse.position\ndata:\n\n'), ended('id: q\n\n'), ended(end)],
      async ({ url, asked }) => {
        expect(await valuesOf(follow(url))).to.deep.equal([]);
        expect(asked.map((one) => one.header('last-event-id'))).to.deep.equal([undefined, 'p', 'q']);
      },
    ));

  it('reads one BOM a connection', () =>
    rawServer([ended(`\uFEFF${tick(1)}`), ended(`\uFEFF${tick(2)}${end}`)], async ({ url }) => {
      expect(await valuesOf(follow(url))).to.deep.equal(ticks(1, 2));
    }));

  it('waits for as long as a timer can where it is asked for longer', () =>
    rawServer([ended(`${tick(1)}retry: 99999999999\n`)], async ({ url, asked }) => {
      const retrying = firstStatus('retrying', (status) => follow(url, { statusObserver: status }));
      expect(await retrying).to.include({ state: 'retrying', attempt: 1, delay: 2 ** 31 - 1 });
      expect(asked).to.have.length(1);
    }));

  it('waits no less than a Retry-After says', () =>
    rawServer([status('429 Often', 'Retry-After: 7\r\n'), open('')], async ({ url }) => {
      const { delay } = await firstStatus('retrying', (status) => follow(url, { statusObserver: status }));
      expect(delay).to.be.within(7000, 7001);
    }));

  it('tells a server that takes no more readers from one that is lost', () =>
    rawServer([ended('retry: 1\n\n', 'Rxsse-Resume: refused\r\n'), ended(end)], async ({ url }) => {
      const heard = statuses();
      await valuesOf(follow(url, { statusObserver: heard }));
      expect(heard.told).to.deep.equal(['connecting', 'retrying: refused', 'connecting', 'open', 'completed']);
    }));

  it('asks for headers, and for the URL, anew', () =>
    rawServer([status('401 No'), ended(end)], async ({ url, asked }) => {
      const failures: unknown[] = [];
      const tokens = ['old', 'new'];
      let requests = 0;
      const stream = follow(async () => `${url}/${++requests}`, {
        headers: async (failure) => {
          failures.push(failure?.status);
          return { Authorization: `Bearer ${tokens[failures.length - 1]}` };
        },
        retryStatuses: (answered) => answered === 401,
      });
      await valuesOf(stream);
      expect(failures).to.deep.equal([undefined, 401]);
      expect(asked.map((one) => one.header('authorization'))).to.deep.equal(['Bearer old', 'Bearer new']);
      expect(asked.map((one) => one.head.split(' ', 2)[1])).to.deep.equal(['/1', '/2']);
    }));

  it('takes headers that cannot be had for a server that cannot be reached', () =>
    rawServer([ended(end)], async ({ url, asked }) => {
      const heard = statuses();
      let calls = 0;
      const headers = () => (++calls === 1 ? Promise.reject(new Error('no token')) : Promise.resolve({}));
      await valuesOf(follow(url, { headers, statusObserver: heard }));
      expect(heard.told).to.deep.equal(['connecting', 'retrying: unreachable', 'connecting', 'open', 'completed']);
      expect(asked).to.have.length(1);
    }));
});
