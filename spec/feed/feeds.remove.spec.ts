import { expect } from 'chai';
import * as t from 'io-ts';
import { firstValueFrom, timer } from 'rxjs';
import { feeds, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withOverrides } from '../log/broken.ts';
import { family, Tick, Ticks } from './family.ts';
import { received } from './received.ts';

describe('feeds', () => {
  it('reports the retained feeds by has(), keys() and remove(), and creates none', () => {
    const { rooms, made } = family({ idleTimeout: Infinity });
    expect([rooms.has('a'), rooms.keys(), rooms.remove('a'), made]).to.deep.equal([false, [], false, []]);
    rooms.get('a');
    rooms.get('b');
    expect([rooms.has('a'), rooms.keys()]).to.deep.equal([true, ['a', 'b']]);
    rooms.get('b').close();
    expect([rooms.has('b'), rooms.keys(), rooms.remove('b')]).to.deep.equal([false, ['a'], false]);
    expect([rooms.remove('a'), rooms.has('a'), rooms.keys(), rooms.size]).to.deep.equal([true, false, [], 0]);
  });

  it(
    'does not count has() as a use of a feed',
    marbles(({ flush }) => {
      const { rooms } = family({ idleTimeout: 50 });
      rooms.get('a');
      const found: boolean[] = [];
      // At 51 the feed has been idle for 50 ms, although has() was called at 49.
      for (const ms of [49, 51]) timer(ms).subscribe(() => found.push(rooms.has('a')));
      flush();
      expect(found).to.deep.equal([true, false]);
    }),
  );

  it(
    'lets a route answer an unknown key with 404, and disconnects the readers of a removed feed',
    marbles(({ reader, flush }) => {
      const { rooms } = family({ idleTimeout: Infinity });
      const errors: unknown[] = [];
      const onError = (error: unknown) => void errors.push(String(error));
      const route = sse({ params: { room: t.string }, onError }, ({ params }) => {
        if (!rooms.has(params.room)) throw Object.assign(new Error('no such room'), { status: 404 });
        return rooms.get(params.room);
      });
      rooms.get('a');
      const r = reader(route, { params: { room: 'a' }, socket: '90ms X' });
      const unknown = reader(route, { params: { room: 'b' } });
      timer(10).subscribe(() => rooms.get('a').publish(Tick(1)));
      timer(20).subscribe(() => rooms.remove('a'));
      const again = reader(route, { at: '30ms', params: { room: 'a' } });
      flush();
      expect([received(r), r.cutAt]).to.deep.equal([['position', '1'], 20]);
      expect(errors).to.deep.equal(['ClosedError: the feed is closed; create another one']);
      for (const refused of [unknown, again]) expect(refused.error).to.include({ status: 404 });
    }),
  );

  it('closes the log of a removed feed, which can be opened again with its entries', async () => {
    const log = memoryLog();
    let closed = 0;
    const stored = feeds(Ticks, { feed: () => ({ log: withOverrides(log, { close: () => void closed++ }) }) });
    await stored.get('a').publish(Tick(1));
    stored.remove('a');
    expect(closed).to.equal(1);
    expect(await firstValueFrom(stored.get('a').events({ from: 'oldest' }))).to.deep.equal(Tick(1));
  });
});
