import { expect } from 'chai';
import { concat, map, NEVER, of, timer } from 'rxjs';
import { event, events, feed, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';
import { message } from '../../lib/wire/index.ts';
import { received } from '../feed/received.ts';
import { Ticks, ways } from './ways.ts';

/** The failures that depend on time; the others are in spec/http/failures.http.spec.ts. */
describe('a known failure of other libraries', () => {
  for (const [what, routeOf] of Object.entries(ways)) {
    it(
      `is a source that completes synchronously: ${what}`,
      marbles(({ reader, flush }) => {
        const r = reader(routeOf(of(Ticks.Tick(1), Ticks.Tick(2))));
        flush();
        expect(received(r).filter((one) => one !== 'position')).to.deep.equal(['1', '2', 'end']);
        expect([r.endedAt, r.listeners]).to.deep.equal([0, 0]);
      }),
    );

    it(
      `is a heartbeat that stops forever after one full buffer: ${what}`,
      marbles(({ reader, flush }) => {
        const source = concat(timer(5).pipe(map(() => Ticks.Tick(1))), NEVER);
        const r = reader(routeOf(source, { heartbeat: 10 }), { socket: '12ms F 39ms D 39ms X' });
        flush();
        const heartbeats = r.frames.filter(({ frame }) => frame._tag === 'Comment').map(({ at }) => at);
        // The connection finds the socket full at 15, and it drains at 52.
        expect(heartbeats).to.deep.equal([62, 72, 82]);
      }),
    );
  }

  it(
    'is `maxAge` on a silent source',
    marbles(({ reader, flush }) => {
      const readers = [sse({ maxAge: 100 }, NEVER), sse({ maxAge: 100 }, feed(Ticks))].map((route) => reader(route));
      flush();
      for (const { endedAt: ended, listeners } of readers) {
        expect(ended).to.be.within(90, 100);
        expect(listeners).to.equal(0);
      }
    }),
  );

  it('is an event name with a newline', () => {
    for (const name of ['a\nevent: admin', 'a\r', 'a\rdata: 1', 'a\0']) {
      expect(() => event(name as never)).to.throw(TypeError);
      expect(() => events({ [name]: {} })).to.throw(TypeError);
      expect(() => message({ event: name, data: 1 })).to.throw(TypeError);
    }
  });
});
