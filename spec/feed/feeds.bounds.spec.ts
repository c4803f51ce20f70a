import { expect } from 'chai';
import { timer } from 'rxjs';
import { ClosedError, feeds, memoryLog, UnavailableError } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { family, routeOf, Tick, Ticks } from './family.ts';
import { received } from './received.ts';

describe('feeds at maxFeeds', () => {
  it('removes the feed that has been unused for longest', () => {
    const { rooms, made } = family({ idleTimeout: Infinity, maxFeeds: 2 });
    const a = rooms.get('a');
    rooms.get('b');
    rooms.get('a');
    rooms.get('c');
    expect(rooms.size).to.equal(2);
    expect(rooms.get('a')).to.equal(a);
    rooms.get('b');
    expect(made).to.deep.equal(['a', 'b', 'c', 'b']);
  });

  it(
    'does not remove a feed that has a reader, in a route or outside one, and throws from get()',
    marbles(({ reader, flush }) => {
      const { rooms } = family({ idleTimeout: Infinity, maxFeeds: 2 });
      const r = reader(routeOf(rooms), { params: { room: 'a' }, socket: '20ms X' });
      const outside = rooms.get('b').entries().subscribe();
      timer(10).subscribe(() => {
        expect(() => rooms.get('c'))
          .to.throw(UnavailableError)
          .that.includes({ reason: 'full', message: 'feeds: all 2 are in use; raise maxFeeds, or try again later' });
        rooms.get('a').publish(Tick(1));
        outside.unsubscribe();
        rooms.get('c');
      });
      flush();
      expect(received(r)).to.deep.equal(['position', '1']);
      expect(rooms.size).to.equal(2);
    }),
  );

  it('removes no feed for a key whose options throw', () => {
    const rooms = feeds(Ticks, {
      feed: (key) => {
        if (key === 'bad') throw new TypeError('no such room');
        return {};
      },
      idleTimeout: Infinity,
      maxFeeds: 1,
    });
    const a = rooms.get('a');
    expect(() => rooms.get('bad')).to.throw('no such room');
    expect(rooms.get('a')).to.equal(a);
  });

  it('does not call the options function for a key that there is no room for', () => {
    const { rooms, made } = family({ idleTimeout: Infinity, maxFeeds: 1 });
    const reading = rooms.get('a').entries().subscribe();
    expect(() => rooms.get('b')).to.throw(UnavailableError);
    reading.unsubscribe();
    expect(made).to.deep.equal(['a']);
  });

  it(
    'answers a reader that may be an EventSource with a retry, and any other client with 503',
    marbles(({ reader, flush }) => {
      const { rooms } = family({ idleTimeout: Infinity, maxFeeds: 1 });
      const route = routeOf(rooms);
      reader(route, { params: { room: 'a' }, socket: '20ms X' });
      const params = { room: 'b' };
      const browsers = Array.from({ length: 5 }, () => reader(route, { at: '10ms', params }));
      const client = reader(route, { at: '10ms', params, headers: { 'rxsse-client': '1' } });
      const later = reader(route, { at: '21ms', params, socket: '30ms X' });
      timer(31).subscribe(() => rooms.close());
      flush();

      const waits = browsers.map(({ status, headers, text, endedAt: ended }) => {
        expect([status, headers['content-type'], headers['rxsse-resume'], ended]).to.deep.equal([
          200,
          'text/event-stream; charset=utf-8',
          'refused',
          10,
        ]);
        return Number(/^retry: (\d+)\n\n$/.exec(text)?.[1]);
      });
      for (const wait of waits) expect(wait).to.be.within(5000, 10_000);
      expect(new Set(waits).size).to.be.above(1);
      expect(client.status).to.equal(503);
      expect(Number(client.headers['retry-after'])).to.be.within(5, 10);
      expect(client.headers).to.include({ 'rxsse-resume': 'refused' });
      expect(client.error).to.equal(undefined);
      for (const each of [...browsers, client]) expect(each.listeners).to.equal(0);
      expect(received(later)).to.deep.equal(['position']);
    }),
  );
});

describe('feeds', () => {
  it(
    'creates another feed for the key of one that was closed, and counts it once',
    marbles(({ reader, flush }) => {
      const { rooms, made } = family({ idleTimeout: 50, maxFeeds: 2 });
      const route = routeOf(rooms);
      const cut = reader(route, { params: { room: 'a' } });
      timer(5).subscribe(() => {
        const old = rooms.get('a');
        old.close();
        expect(rooms.get('a')).not.to.equal(old);
        old.publish(Tick(1)).subscribe({ error: (error) => errors.push(error) });
        rooms.get('b');
        expect(rooms.size).to.equal(2);
      });
      const errors: unknown[] = [];
      const r = reader(route, { at: '6ms', params: { room: 'a' }, socket: '30ms X' });
      timer(10).subscribe(() => rooms.get('a').publish(Tick(2)));
      flush();
      expect([cut.cutAt, received(r), made]).to.deep.equal([5, ['position', '2'], ['a', 'a', 'b']]);
      expect(errors).to.have.length(1);
      expect(errors[0]).to.be.instanceOf(ClosedError);
      expect(rooms.size).to.equal(0);
    }),
  );

  it(
    'closes all feeds: unsubscribes from their sources, disconnects their readers, closes their logs and clears the timer',
    marbles(({ hot, reader, flush, expectSubscriptions }) => {
      const source = hot<ReturnType<typeof Tick>>('---');
      const logs = [memoryLog(), memoryLog()];
      const rooms = feeds(Ticks, {
        feed: (key) => ({
          source,
          start: 'now',
          ...(logs[Number(key)] && { log: logs[Number(key)] }),
        }),
      });
      const r = reader(routeOf(rooms), { params: { room: '0' } });
      rooms.get('1');
      timer(10).subscribe(() => {
        rooms.close();
        expect(rooms.size).to.equal(0);
      });
      expectSubscriptions(source.subscriptions).toBe(['^---------!', '^---------!']);
      flush();
      expect(r.cutAt).to.equal(10);
      for (const log of logs) {
        log.read(0, 0).subscribe({
          next: () => expect.fail('open'),
          error: (error) => expect(error).to.be.instanceOf(ClosedError),
        });
      }
    }),
  );

  it(
    'unsubscribes from the source of a feed that is removed for being idle',
    marbles(({ hot, expectSubscriptions }) => {
      const source = hot<ReturnType<typeof Tick>>('---');
      const a = feeds(Ticks, { feed: () => ({ source }), idleTimeout: 10 }).get('a');
      a.events().subscribe().unsubscribe();
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    }),
  );
});
