import { expect } from 'chai';
import * as t from 'io-ts';
import { timer } from 'rxjs';
import { type Feed, metricsOf, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { later } from '../support/later.ts';
import { family, Tick, type Ticks } from './family.ts';
import { received } from './received.ts';

const idle = { idleTimeout: 50 };

describe('a feed object whose feed was removed for being idle', () => {
  it(
    'publishes to the feed of its key, whose readers receive the event',
    marbles(({ reader, flush }) => {
      const { rooms, made } = family(idle);
      const lobby = rooms.get('lobby');
      const route = sse({ params: { room: t.string } }, ({ params }) => rooms.get(params.room));
      const r = reader(route, { at: '100ms', params: { room: 'lobby' }, socket: '200ms X' });
      timer(150).subscribe(() => lobby.publish(Tick(1)));
      flush();
      expect(received(r)).to.deep.equal(['position', '1']);
      expect(made).to.deep.equal(['lobby', 'lobby']);
    }),
  );

  it(
    'creates the feed of its key where there is none, and counts each use as get() does',
    marbles(({ flush }) => {
      const { rooms, made } = family(idle);
      const lobby = rooms.get('lobby');
      const sizes: number[] = [];
      for (const ms of [100, 140]) timer(ms).subscribe(() => lobby.publish(Tick(ms)));
      for (const ms of [99, 101, 189, 191]) timer(ms).subscribe(() => sizes.push(rooms.size));
      flush();
      expect([sizes, made]).to.deep.equal([
        [0, 1, 1, 0],
        ['lobby', 'lobby'],
      ]);
    }),
  );

  for (const [how, streamOf] of Object.entries({
    'the feed itself': (lobby: Feed<typeof Ticks>) => () => later(100, lobby),
    'its read()': (lobby: Feed<typeof Ticks>) => (context: Parameters<typeof lobby.read>[0]) =>
      later(100, lobby.read(context)),
    'its events()': (lobby: Feed<typeof Ticks>) => () => later(100, lobby.events()),
  })) {
    it(
      `serves the feed of its key when a route returns ${how} after a delay`,
      marbles(({ reader, flush }) => {
        const { rooms } = family(idle);
        const route = sse((context) => streamOf(rooms.get('lobby'))(context) as never);
        const r = reader(route, { socket: '300ms X' });
        timer(200).subscribe(() => rooms.get('lobby').publish(Tick(7)));
        flush();
        expect([r.status, r.cutAt, received(r).at(-1)]).to.deep.equal([200, undefined, '7']);
      }),
    );
  }

  it(
    'serves the feed of its key when a route mounts it, with a gap for a reader whose events were removed',
    marbles(({ reader, flush }) => {
      const { rooms } = family(idle);
      const route = sse(rooms.get('lobby'));
      const before = reader(route, { socket: '20ms X' });
      timer(10).subscribe(() => rooms.get('lobby').publish(Tick(1)));
      flush();
      const after = reader(route, { lastEventId: before.lastEventId, socket: '100ms X' });
      flush();
      expect([received(before), received(after)]).to.deep.equal([
        ['position', '1'],
        ['position', 'gap epoch'],
      ]);
    }),
  );

  it(
    'returns the number of readers of its key without creating a feed',
    marbles(({ reader, flush }) => {
      const { rooms, made } = family(idle);
      const lobby = rooms.get('lobby');
      const readers: number[] = [];
      timer(100).subscribe(() => readers.push(lobby.readers, metricsOf(lobby).readers));
      timer(101).subscribe(() => expect(made).to.deep.equal(['lobby']));
      reader(
        sse(() => rooms.get('lobby')),
        { at: '110ms', socket: '150ms X' },
      );
      timer(130).subscribe(() => readers.push(lobby.readers, metricsOf(lobby).readers));
      flush();
      expect(readers).to.deep.equal([0, 0, 1, 1]);
    }),
  );

  it(
    'rejects publications and readers while there is no room for its feed',
    marbles(({ reader, flush }) => {
      const { rooms } = family({ ...idle, maxFeeds: 1 });
      const lobby = rooms.get('lobby');
      const errors: unknown[] = [];
      timer(100).subscribe(() => {
        rooms.get('attic');
        lobby.publish(Tick(1)).subscribe({ error: (error) => errors.push(error.name) });
      });
      const r = reader(sse(lobby), { at: '120ms', headers: { 'rxsse-client': '1' } });
      flush();
      expect([errors, r.status]).to.deep.equal([['UnavailableError'], 503]);
    }),
  );

  it(
    'stays closed when the program has removed it, closed it or closed the family',
    marbles(({ flush }) => {
      for (const close of ['remove', 'close', 'close all'] as const) {
        const { rooms } = family({ idleTimeout: Infinity });
        const lobby = rooms.get('lobby');
        if (close === 'remove') rooms.remove('lobby');
        else if (close === 'close') lobby.close();
        else rooms.close();
        const errors: unknown[] = [];
        lobby.publish(Tick(1)).subscribe({ error: (error) => errors.push(error.name) });
        flush();
        expect([errors, rooms.size > 0 && rooms.has('lobby')], close).to.deep.equal([['ClosedError'], false]);
      }
    }),
  );
});
