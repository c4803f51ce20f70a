import { expect } from 'chai';
import * as t from 'io-ts';
import { events, feed, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number });

/** A feed with one event. */
function ticking() {
  const ticks = feed(Ticks);
  ticks.publish({ type: 'tick', data: 1 });
  return ticks;
}

describe('a feed that a route reads without its context', () => {
  it(
    'is sent as a stream of its own by events()',
    marbles(({ reader, flush }) => {
      const ticks = ticking();
      const r = reader(
        sse(() => ticks.events({ from: 'oldest' })),
        { socket: '5ms X' },
      );
      flush();
      expect(received(r)).to.deep.equal(['1']);
    }),
  );

  for (const [name, options] of Object.entries({ 'without a contract': {}, 'with a contract': { events: Ticks } })) {
    it(
      `is cut by entries(), ${name}, and reports what to send`,
      marbles(({ reader, flush, reportedErrors }) => {
        const reported = reportedErrors();
        const ticks = ticking();
        const r = reader(sse(options, (() => ticks.entries({ from: 'oldest' })) as never), { socket: '5ms X' });
        flush();
        expect([received(r), r.cutAt]).to.deep.equal([[], 0]);
        expect(String(reported[0]?.error)).to.contain('send the events of feed.events(), or mount the feed');
      }),
    );
  }
});
