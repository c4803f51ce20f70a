import { expect } from 'chai';
import { timer } from 'rxjs';
import { marbles } from '../../lib/testing/marbles.ts';
import { trackTimers } from '../support/trackTimers.ts';
import { family, routeOf, sizesAt, Tick, Ticks } from './family.ts';
import { received } from './received.ts';

describe('feeds', () => {
  it('creates the feed of a key at the first get(), and returns the same feed after that', () => {
    const { rooms, made } = family({ idleTimeout: Infinity });
    expect([rooms.size, made]).to.deep.equal([0, []]);
    const lobby = rooms.get('lobby');
    expect(rooms.get('attic')).not.to.equal(lobby);
    expect(rooms.get('lobby')).to.equal(lobby);
    expect([rooms.size, made]).to.deep.equal([2, ['lobby', 'attic']]);
    expect([lobby.contract, rooms.contract]).to.deep.equal([Ticks, Ticks]);
  });

  it('accepts any string as a key', () => {
    const { rooms, made } = family({ idleTimeout: Infinity });
    const keys = ['', '__proto__', 'constructor', 'a b', '\0'];
    for (const key of keys) rooms.get(key);
    expect([rooms.size, made]).to.deep.equal([5, keys]);
  });

  it(
    'sends the events of a feed to the readers of its key alone',
    marbles(({ reader, flush }) => {
      const { rooms } = family();
      const route = routeOf(rooms);
      const [lobby, attic] = ['lobby', 'attic'].map((room) => reader(route, { params: { room }, socket: '30ms X' }));
      timer(10).subscribe(() => rooms.get('lobby').publish(Tick(1)));
      timer(20).subscribe(() => rooms.get('attic').publish(Tick(2)));
      timer(31).subscribe(() => rooms.close());
      flush();
      expect([lobby, attic].map((each) => each && received(each))).to.deep.equal([
        ['position', '1'],
        ['position', '2'],
      ]);
    }),
  );

  it(
    'removes a feed, with its history, after idleTimeout without readers and uses',
    marbles(({ reader, flush }) => {
      const { rooms, made } = family({ idleTimeout: 50 });
      const sizes = sizesAt(rooms, [10, 108, 111, 158, 160]);
      // It is created at 0 and has a reader until 60.
      const first = reader(routeOf(rooms), { params: { room: 'lobby' }, socket: '60ms X' });
      timer(1).subscribe(() => rooms.get('lobby').publish(Tick(1)));
      // get() at 109 is a use.
      timer(109).subscribe(() => rooms.get('lobby'));
      flush();
      expect(sizes).to.deep.equal({ 10: 1, 108: 1, 111: 1, 158: 1, 160: 0 });
      const again = reader(routeOf(rooms), {
        params: { room: 'lobby' },
        lastEventId: first.lastEventId,
        socket: '300ms X',
      });
      flush();
      expect(received(again)).to.deep.equal(['position', 'gap epoch']);
      expect(made).to.deep.equal(['lobby', 'lobby']);
    }),
  );

  it(
    'counts a publication as a use, also through a feed object from an earlier get()',
    marbles(({ flush }) => {
      const { rooms } = family({ idleTimeout: 50 });
      const sizes = sizesAt(rooms, [89, 91]);
      const lobby = rooms.get('lobby');
      timer(40).subscribe(() => lobby.publish(Tick(1)));
      flush();
      expect(sizes).to.deep.equal({ 89: 1, 91: 0 });
    }),
  );

  it(
    'removes a feed with an idleTimeout of 0 in the next turn of the event loop, and not before',
    marbles(({ reader, flush }) => {
      const { rooms } = family({ idleTimeout: 0 });
      const sizes = sizesAt(rooms, [5, 9, 11]);
      timer(5).subscribe(() => {
        rooms.get('lobby');
        rooms.get('attic');
        expect(rooms.size).to.equal(2);
      });
      // A route subscribes its reader before that turn.
      const r = reader(routeOf(rooms), { at: '6ms', params: { room: 'hall' }, socket: '10ms X' });
      flush();
      expect(sizes).to.deep.equal({ 5: 0, 9: 1, 11: 0 });
      expect(received(r)).to.deep.equal(['position']);
    }),
  );

  it(
    'does not remove a feed with an infinite idleTimeout, nor one that has a reader',
    marbles(({ reader, flush }) => {
      const { rooms: retained } = family({ idleTimeout: Infinity });
      retained.get('lobby');
      const { rooms } = family({ idleTimeout: 5 });
      reader(routeOf(rooms), { params: { room: 'lobby' }, socket: '9s X' });
      const sizes = sizesAt(rooms, [8999, 9006]);
      flush();
      expect(retained.size).to.equal(1);
      expect(sizes).to.deep.equal({ 8999: 1, 9006: 0 });
    }),
  );

  it(
    'accepts an idleTimeout longer than the longest delay of a timer',
    marbles(
      ({ flush }) => {
        const idle = 3_000_000_000;
        const { rooms } = family({ idleTimeout: idle });
        const sizes = sizesAt(rooms, [2 ** 31, 2 ** 31 - 1]);
        const timers = trackTimers();
        try {
          rooms.get('lobby');
          flush();
        } finally {
          timers.stop();
        }
        // Node replaces a longer delay by 1 ms.
        expect(timers.longest).to.equal(2 ** 31 - 1);
        expect(sizes).to.deep.equal({ [2 ** 31]: 1, [2 ** 31 - 1]: 1 });
        expect(rooms.size).to.equal(0);
      },
      { until: '4000000s' },
    ),
  );

  it(
    'has one timer for 10,000 feeds',
    marbles(({ flush }) => {
      const { rooms, made } = family({ idleTimeout: 1000 });
      let pending: number | undefined;
      const sizes = sizesAt(rooms, [500, 1001, 1499, 1501]);
      timer(500).subscribe(() => {
        // Half of them are used again.
        for (let n = 0; n < 10_000; n += 2) rooms.get(String(n));
        pending = timers.pending;
      });
      const timers = trackTimers();
      try {
        for (let n = 0; n < 10_000; n++) rooms.get(String(n));
        expect(timers.pending).to.equal(1);
        flush();
      } finally {
        timers.stop();
      }
      expect(sizes).to.deep.equal({ 500: 10_000, 1001: 5000, 1499: 5000, 1501: 0 });
      expect([pending, timers.pending, made.length]).to.deep.equal([1, 0, 10_000]);
      expect(timers.set).to.be.below(10);
    }),
  );

  it('throws a RangeError for a bound out of range', () => {
    for (const options of [
      { idleTimeout: -1 },
      { idleTimeout: Number.NaN },
      { maxFeeds: 0 },
      { maxFeeds: Number.NaN },
    ]) {
      expect(() => family(options)).to.throw(RangeError);
    }
  });
});
