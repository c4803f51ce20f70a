import { expect } from 'chai';
import { EMPTY, NEVER, throwError } from 'rxjs';
import { connectionLimit, feed, filterEvents, type SseRequest, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';
import { received } from '../feed/received.ts';
import { Ticks } from './ways.ts';

const user = ({ headers }: SseRequest): string | undefined =>
  typeof headers['x-user'] === 'string' ? headers['x-user'] : undefined;
const from = (name: string, more = {}) => ({ headers: { 'x-user': name, ...more } });
const ours = { 'rxsse-client': '1' };

describe('connectionLimit', () => {
  it(
    'admits no more connections than its bound, over all routes that share it, and admits again when one has closed',
    marbles(({ reader, flush }) => {
      const limits = connectionLimit({ maxConnections: 2 });
      const one = sse({ connectionLimit: limits }, NEVER);
      const other = sse({ connectionLimit: limits }, feed(Ticks));
      const first = reader(one, { socket: '10ms X' });
      const second = reader(other, { socket: '30ms X' });
      const native = reader(one, { at: '5ms' });
      const client = reader(other, { at: '5ms', headers: ours });
      const later = reader(one, { at: '15ms', socket: '30ms X' });
      flush();
      expect([first, second, later].map(({ leftAt: left }) => left)).to.deep.equal([10, 30, 30]);
      // Any other response would end a native EventSource permanently.
      expect(native.status).to.equal(200);
      expect(native.headers['rxsse-resume']).to.equal('refused');
      expect(native.text).to.match(/^retry: \d+\n\n$/);
      expect(native.endedAt).to.equal(5);
      expect(client.status).to.equal(503);
      expect(Number(client.headers['retry-after'])).to.be.within(5, 10);
      expect(limits.open).to.equal(0);
    }),
  );

  it(
    'admits no more connections of one client than its bound, which is 429, and counts undefined for no client',
    marbles(({ reader, flush }) => {
      const limits = connectionLimit({ maxConnectionsPerClient: 2, client: user });
      const route = sse({ connectionLimit: limits }, NEVER);
      const anns = [1, 2].map(() => reader(route, { ...from('ann'), socket: '20ms X' }));
      const third = reader(route, { ...from('ann', ours), at: '1ms' });
      const native = reader(route, { ...from('ann'), at: '1ms' });
      const bob = reader(route, { ...from('bob'), at: '1ms', socket: '20ms X' });
      const nobodies = [1, 2, 3].map(() => reader(route, { at: '1ms', socket: '20ms X' }));
      const again = reader(route, { ...from('ann'), at: '21ms', socket: '30ms X' });
      flush();
      expect(third.status).to.equal(429);
      expect(third.headers).to.have.property('retry-after');
      expect(native.text).to.match(/^retry: \d+\n\n$/);
      for (const { leftAt: left } of [...anns, bob, ...nobodies]) expect(left).to.equal(20);
      expect(again.leftAt).to.equal(30);
      expect(limits).to.include({ open: 0, clients: 0 });
    }),
  );

  it(
    'releases once for each way in which the connection closes',
    marbles(({ reader, flush }) => {
      const limits = connectionLimit({ client: user });
      const routes = {
        completes: sse({ connectionLimit: limits }, EMPTY),
        failsAtOnce: sse(
          { connectionLimit: limits },
          throwError(() => 'no'),
        ),
        ages: sse({ connectionLimit: limits, maxAge: 10 }, NEVER),
        isRefused: sse({ connectionLimit: limits, query: { never: Ticks.Tick.codec } as never }, NEVER),
        throws: sse({ connectionLimit: limits }, () => {
          throw new Error('no');
        }),
        isHead: sse({ connectionLimit: limits }, NEVER),
        stalls: sse({ connectionLimit: limits, stallTimeout: 5, heartbeat: 2 }, NEVER),
      };
      for (const [name, route] of Object.entries(routes)) {
        reader(route, { ...from('ann'), method: name === 'isHead' ? 'HEAD' : 'GET', socket: '1ms F' });
        reader(route, { ...from('bob'), method: name === 'isHead' ? 'HEAD' : 'GET', socket: '3ms X' });
      }
      flush();
      expect(limits).to.include({ open: 0, clients: 0 });
    }),
  );

  it(
    'counts a request from its start, while its state is awaited',
    marbles(({ reader, flush }) => {
      const limits = connectionLimit({ maxConnections: 1 });
      const route = sse(
        { connectionLimit: limits, state: (_request: SseRequest) => new Promise<string>(() => {}) },
        NEVER,
      );
      reader(route, { socket: '20ms X' });
      const second = reader(route, { at: '5ms', headers: ours });
      flush();
      expect(second.status).to.equal(503);
      expect(limits.open).to.equal(0);
    }),
  );

  it(
    'passes what its function throws to next',
    marbles(({ reader, flush }) => {
      const client = (): string => {
        throw Object.assign(new Error('who are you?'), { status: 401 });
      };
      const limits = connectionLimit({ client });
      const r = reader(sse({ connectionLimit: limits }, NEVER));
      flush();
      expect(r.status).to.equal(401);
      expect(limits.open).to.equal(0);
    }),
  );

  it('throws for a bound below 1', () => {
    expect(() => connectionLimit({ maxConnections: 0 })).to.throw(RangeError, 'maxConnections');
    expect(() => connectionLimit({ maxConnectionsPerClient: 0 })).to.throw(RangeError, 'maxConnectionsPerClient');
  });
});

describe('the readers of one feed', () => {
  it(
    'are bounded by the feed, in every route that mounts it',
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks, { maxReaders: 2 });
      const direct = sse(shared);
      const piped = sse((context) => shared.read(context).pipe(filterEvents(() => true)));
      reader(direct, { socket: '10ms X' });
      reader(piped, { socket: '30ms X' });
      const native = reader(direct, { at: '5ms' });
      const client = reader(piped, { at: '5ms', headers: ours });
      const later = reader(direct, { at: '15ms', socket: '30ms X' });
      flush();
      expect(native.text).to.match(/^retry: \d+\n\n$/);
      expect(client.status).to.equal(503);
      expect(received(later)).to.deep.equal(['position']);
    }),
  );

  it('cannot be bounded below 1', () => {
    for (const bound of ['maxReaders', 'maxConcurrentReads', 'maxEventBytes']) {
      expect(() => feed(Ticks, { [bound]: 0 })).to.throw(RangeError, bound);
    }
  });
});
