import { expect } from 'chai';
import { concat, finalize, NEVER, of, timer } from 'rxjs';
import { ClosedError, feed, feeds, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { Tick, Ticks } from './family.ts';
import { received } from './received.ts';

/** A source that cannot even be left. */
const stubborn = concat(of(Tick(1)), NEVER).pipe(
  finalize(() => {
    throw new Error('stuck');
  }),
);

describe('a source whose teardown throws', () => {
  for (const grace of [0, 5]) {
    it(
      `is left, reported, and begun anew for the next reader, with a grace of ${grace}`,
      marbles(({ reader, flush }) => {
        const errors: unknown[] = [];
        const route = sse(
          feed(Ticks, { source: stubborn, linger: grace, onError: (error) => errors.push(String(error)) }),
        );
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
    'keeps nobody from being cut, nor the log from being closed, when its feed is',
    marbles(({ reader, flush }) => {
      const log = memoryLog();
      const shared = feed(Ticks, { source: stubborn, log, onError: () => {} });
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
    'keeps no other feed of its family from being forgotten',
    marbles(({ flush }) => {
      const rooms = feeds(Ticks, {
        feed: () => ({ source: stubborn, start: 'now', onError: () => {} }),
        idleTimeout: 10,
      });
      rooms.get('a');
      rooms.get('b');
      flush();
      expect(rooms.size).to.equal(0);
    }),
  );
});
