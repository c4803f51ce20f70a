import { expect } from 'chai';
import * as t from 'io-ts';
import { interval, NEVER, of, take } from 'rxjs';
import { feed, feeds, filterEvents, memoryLog, metricsOf, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';
import { Ticks } from './ways.ts';

const many = (count: number) => Array.from({ length: count }, (_, n) => Ticks.Tick(n + 1));

describe('the metrics of a route', () => {
  it(
    'count connections, why they closed, and what was sent',
    marbles(({ reader, flush }) => {
      const route = sse({ heartbeat: 4 }, interval(10).pipe(take(5)));
      const whole = reader(route);
      const left = reader(route, { socket: '25ms X' });
      const stays = sse({ heartbeat: 4 }, NEVER);
      reader(stays, { socket: '25ms X' });
      flush();
      const metrics = metricsOf(route);
      expect(metrics).to.deep.include({ connections: 0, busy: 0, opened: 2, events: 7, dropped: 0, unwritten: 0 });
      expect(metrics.closed).to.include({ completed: 1, disconnected: 1, failed: 0 });
      expect(metrics.bytes).to.equal(whole.bytes.length + left.bytes.length);
      expect(metrics.heartbeats).to.be.above(5);
      expect(metricsOf(stays)).to.deep.include({ events: 0, opened: 1 });
    }),
  );

  it(
    'count open connections and full sockets',
    marbles(({ cold, reader, expectObservable, flush }) => {
      const route = sse(interval(10));
      reader(route, { socket: '15ms F 40ms X' });
      reader(route, { socket: '45ms X' });
      const looks = cold('35ms a 24ms (b|)');
      const seen: unknown[] = [];
      expectObservable(looks).toBe('35ms a 24ms (b|)');
      looks.subscribe(() => {
        const { connections, busy, events } = metricsOf(route);
        seen.push({ connections, busy, events });
      });
      flush();
      expect(seen).to.deep.equal([
        { connections: 2, busy: 1, events: 4 },
        { connections: 0, busy: 0, events: 5 },
      ]);
    }),
  );

  it(
    'count rejected requests, by reason',
    marbles(({ reader, flush }) => {
      const route = sse({ query: { n: t.string } }, () => of(1));
      reader(route);
      reader(route, { url: '/?n=1', method: 'HEAD' });
      const ended = reader(route, { url: '/?n=1' });
      flush();
      reader(route, { url: '/?n=1', lastEventId: ended.lastEventId });
      flush();
      const { opened, refused, closed } = metricsOf(route);
      expect(opened).to.equal(1);
      expect(refused).to.deep.equal({ shutdown: 0, full: 0, client: 0, ended: 1, input: 1, error: 0, head: 1 });
      expect(closed).to.include({ refused: 3, completed: 1 });
    }),
  );

  it(
    'count gaps and drops, as the hooks report them',
    marbles(({ reader, flush, reportedErrors }) => {
      const errors = reportedErrors();
      const reported: unknown[] = [];
      const route = sse(
        {
          overflow: 'drop-oldest',
          queue: { maxEvents: 3 },
          onGap: ({ reason }: { readonly reason: string }) => {
            reported.push(reason);
            throw new Error('contained');
          },
        },
        interval(1),
      );
      reader(route, { socket: '4ms F 19ms D 6ms X' });
      reader(route, { lastEventId: 'garbage', socket: '4ms X' });
      flush();
      const { dropped, gaps } = metricsOf(route);
      expect(dropped).to.equal(17);
      expect(gaps).to.deep.equal({ trimmed: 0, epoch: 0, future: 0, invalid: 1, overflow: 1 });
      expect(reported).to.have.members(['overflow', 'invalid']);
      expect(errors.map(({ where }) => where)).to.deep.equal(['onGap of sse GET /', 'onGap of sse GET /']);
    }),
  );

  it(
    'report how far the readers of a feed are behind, and what they missed in mid-stream',
    marbles(({ reader, flush, cold }) => {
      const notices: unknown[] = [];
      const log = memoryLog({ maxEntries: 10, maxBytes: 1 });
      const shared = feed(Ticks, { log });
      const onGap = ({ reason }: { readonly reason: string }) => void notices.push(reason);
      const direct = sse({ onGap, heartbeat: 1 }, shared);
      const piped = sse(
        {
          onGap,
          heartbeat: 1,
        },
        (context) => shared.read(context).pipe(filterEvents(() => true)),
      );
      const seen: unknown[] = [];
      for (const route of [direct, piped]) reader(route, { socket: '5ms F 20ms D 15ms X' });
      cold('10ms a 5ms b 40ms c').subscribe((at) => {
        if (at === 'a') shared.publish(many(20));
        if (at === 'b') seen.push(metricsOf(direct).lag, metricsOf(shared));
        if (at === 'c') seen.push(metricsOf(shared));
      });
      flush();
      expect(seen).to.deep.equal([
        { max: 20, total: 20 },
        { readers: 2, lag: { max: 20, total: 40 } },
        { readers: 0, lag: { max: 0, total: 0 } },
      ]);
      expect(notices).to.deep.equal(['trimmed', 'trimmed']);
      expect(metricsOf(direct).gaps.trimmed).to.equal(1);
      expect(metricsOf(piped).gaps.trimmed).to.equal(1);
      // The stored events, none of them twice.
      expect(metricsOf(direct).events).to.equal(metricsOf(piped).events);
    }),
  );

  it(
    'are summed over the feeds of a family',
    marbles(({ reader, flush, cold }) => {
      const rooms = feeds(Ticks);
      const route = sse({ query: { room: t.string } }, ({ query }) => rooms.get(query.room));
      for (const room of ['a', 'a', 'b']) reader(route, { url: `/?room=${room}`, socket: '5ms X' });
      const seen: unknown[] = [];
      cold('2ms a').subscribe(() => seen.push(metricsOf(rooms)));
      cold('9ms a').subscribe(() => rooms.close());
      flush();
      expect(seen).to.deep.equal([{ feeds: 2, readers: 3, lag: { max: 0, total: 0 } }]);
    }),
  );

  it('throw for any other value', () => {
    expect(() => metricsOf({} as never)).to.throw(TypeError, 'sse(), feed() or feeds()');
  });
});
