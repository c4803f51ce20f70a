import { expect } from 'chai';
import { concat, finalize, NEVER, of, timer } from 'rxjs';
import { ClosedError, feed, feeds, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { Tick, Ticks } from './family.ts';
import { received } from './received.ts';

/** A source whose teardown throws. */
const stuck = concat(of(Tick(1)), NEVER).pipe(
  finalize(() => {
    throw new Error('stuck');
  }),
);

describe('feed with a source whose teardown throws', () => {
  for (const linger of [0, 5]) {
    it(
      `reports the error and subscribes again for the next reader, with a linger of ${linger}`,
      marbles(({ reader, flush }) => {
        const errors: unknown[] = [];
        const route = sse(feed(Ticks, { source: stuck, linger, onError: (error) => errors.push(String(error)) }));
        const first = reader(route, { socket: '10ms X' });
        const second = reader(route, { at: '20ms', socket: '30ms X' });
        flush();
        expect([first, second].map(received)).to.deep.equal([
          ['position', '1'],
          ['position', '1'],
        ]);
        expect(errors).to.have.length(2);
        for (const error of errors) expect(error).to.include('stuck');
      }),
    );
  }

  it(
    'disconnects its readers and closes its log when it is closed',
    marbles(({ reader, flush }) => {
      const log = memoryLog();
      const shared = feed(Ticks, { source: stuck, log, onError: () => {} });
      const r = reader(sse(shared));
      timer(10).subscribe(() => shared.close());
      flush();
      expect([received(r), r.cutAt, r.listeners]).to.deep.equal([['position', '1'], 10, 0]);
      const errors: unknown[] = [];
      log.read(0, 0).subscribe({ error: (error) => errors.push(error) });
      expect(errors[0]).to.be.instanceOf(ClosedError);
    }),
  );

  it(
    'is removed for being idle, as are the other feeds of its family',
    marbles(({ flush }) => {
      const rooms = feeds(Ticks, {
        feed: () => ({ source: stuck, onError: () => {} }),
        idleTimeout: 10,
      });
      for (const key of ['a', 'b']) rooms.get(key).events().subscribe().unsubscribe();
      flush();
      expect(rooms.size).to.equal(0);
    }),
  );
});
