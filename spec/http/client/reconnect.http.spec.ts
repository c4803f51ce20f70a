import { expect } from 'chai';
import { cut, ended, open, rawServer, reset, status } from './rawServer.ts';
import { end, firstStatus, readTicks, recordStates, Tick, tick, valuesOf } from './readTicks.ts';

const ticks = (...numbers: readonly number[]) => numbers.map((n) => Tick(n));

describe('fromSse, reconnecting over HTTP,', () => {
  const losses = [
    ['after a connection lost before the head', reset, 'unreachable'],
    ['after a connection lost before the first byte of the body', cut(''), 'broken'],
    ['after a body that ended without the end of the stream', ended(''), 'closed'],
    ['after a 503', status('503 Busy'), 'status'],
    ['after a 408', status('408 Slow'), 'status'],
    ['after a 425', status('425 Early'), 'status'],
    ['after a 429', status('429 Often'), 'status'],
    ['after a 599', status('599 Odd'), 'status'],
  ] as const;

  for (const [when, loss, reason] of losses) {
    it(`reconnects ${when}, and sends the reason to the status observer`, () =>
      rawServer([loss, ended(tick(1) + end)], async ({ url, requests }) => {
        const observer = recordStates();
        expect(await valuesOf(readTicks(url, { statusObserver: observer }))).to.deep.equal(ticks(1));
        const isOpen = reason === 'broken' || reason === 'closed';
        expect(observer.states).to.deep.equal([
          'connecting',
          ...(isOpen ? ['open'] : []),
          `retrying: ${reason}`,
          'connecting',
          'open',
          'completed',
        ]);
        expect(requests).to.have.length(2);
        expect(requests[1]?.header('last-event-id')).to.equal(undefined);
      }));
  }

  it('resumes from the position before a frame that was cut off', () =>
    rawServer([cut(`${tick(1)}id: 2\nevent: tick\ndata: 2`), ended(tick(2) + end)], async ({ url, requests }) => {
      const observer = recordStates();
      expect(await valuesOf(readTicks(url, { statusObserver: observer }))).to.deep.equal(ticks(1, 2));
      expect(observer.states).to.include.members(['retrying: broken', 'connecting after 1']);
      expect(requests[1]?.header('last-event-id')).to.equal('1');
    }));

  it('retains its position over connections without one, until an empty id clears it', () =>
    rawServer(
      [ended(tick(1)), reset, status('503 Busy'), ended('id\ndata: x\n\n'), ended(tick(2) + end)],
      async ({ url, requests }) => {
        expect(await valuesOf(readTicks(url))).to.deep.equal(ticks(1, 2));
        expect(requests.map((one) => one.header('last-event-id'))).to.deep.equal([undefined, '1', '1', '1', undefined]);
      },
    ));

  it('resumes from a position that was sent without an event', () =>
    rawServer(
      [ended('id: p\nevent: rxsse.position\ndata:\n\n'), ended('id: q\n\n'), ended(end)],
      async ({ url, requests }) => {
        expect(await valuesOf(readTicks(url))).to.deep.equal([]);
        expect(requests.map((one) => one.header('last-event-id'))).to.deep.equal([undefined, 'p', 'q']);
      },
    ));

  it('skips one BOM of each connection', () =>
    rawServer([ended(`\uFEFF${tick(1)}`), ended(`\uFEFF${tick(2)}${end}`)], async ({ url }) => {
      expect(await valuesOf(readTicks(url))).to.deep.equal(ticks(1, 2));
    }));

  it('waits for the longest delay of a timer if the server sends a longer retry', () =>
    rawServer([ended(`${tick(1)}retry: 99999999999\n`)], async ({ url, requests }) => {
      const retrying = firstStatus('retrying', (status) => readTicks(url, { statusObserver: status }));
      expect(await retrying).to.include({ state: 'retrying', attempt: 1, delay: 2 ** 31 - 1 });
      expect(requests).to.have.length(1);
    }));

  it('waits at least as long as Retry-After', () =>
    rawServer([status('429 Often', 'Retry-After: 7\r\n'), open('')], async ({ url }) => {
      const { delay } = await firstStatus('retrying', (status) => readTicks(url, { statusObserver: status }));
      expect(delay).to.be.within(7000, 7001);
    }));

  it('reconnects after a rejection, and distinguishes it from a lost connection', () =>
    rawServer([ended('retry: 1\n\n', 'Rxsse-Resume: refused\r\n'), ended(end)], async ({ url }) => {
      const observer = recordStates();
      await valuesOf(readTicks(url, { statusObserver: observer }));
      expect(observer.states).to.deep.equal(['connecting', 'retrying: refused', 'connecting', 'open', 'completed']);
    }));

  it('creates the URL and headers for each request', () =>
    rawServer([status('401 No'), ended(end)], async ({ url, requests }) => {
      const failures: unknown[] = [];
      const tokens = ['old', 'new'];
      let targets = 0;
      const stream = readTicks(async () => `${url}/${++targets}`, {
        headers: async (failure) => {
          failures.push(failure?.status);
          return { Authorization: `Bearer ${tokens[failures.length - 1]}` };
        },
        retryStatuses: (code) => code === 401,
      });
      await valuesOf(stream);
      expect(failures).to.deep.equal([undefined, 401]);
      expect(requests.map((one) => one.header('authorization'))).to.deep.equal(['Bearer old', 'Bearer new']);
      expect(requests.map((one) => one.head.split(' ', 2)[1])).to.deep.equal(['/1', '/2']);
    }));

  it('reconnects after a rejected promise of headers as after an unreachable server', () =>
    rawServer([ended(end)], async ({ url, requests }) => {
      const observer = recordStates();
      let calls = 0;
      const headers = () => (++calls === 1 ? Promise.reject(new Error('no token')) : Promise.resolve({}));
      await valuesOf(readTicks(url, { headers, statusObserver: observer }));
      expect(observer.states).to.deep.equal(['connecting', 'retrying: unreachable', 'connecting', 'open', 'completed']);
      expect(requests).to.have.length(1);
    }));
});
