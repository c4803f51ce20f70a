import { expect } from 'chai';
import { asyncScheduler, finalize, NEVER } from 'rxjs';
import { sse } from '../../lib/adapter/node/sse.ts';
import { marbles } from '../../lib/testing/marbles.ts';

describe('the linger timer of a run', () => {
  it(
    'is cleared when the run is removed for another one before its linger has passed',
    marbles(
      ({ reader }) => {
        const resume = { linger: 30_000, owner: () => 'me', maxRunsPerOwner: 1 };
        const route = sse({ resume, heartbeat: Infinity }, () => NEVER);
        reader(route, { socket: '5ms X' });
        // This run stays; no timer of the first run may remain when the test ends.
        reader(route, { at: '10ms' });
      },
      { until: '1s' },
    ),
  );

  it(
    'is not set with a linger of 0: the stream is unsubscribed from in the same turn',
    marbles(({ reader, flush }) => {
      const order: string[] = [];
      const route = sse(
        {
          resume: { linger: 0 },
          heartbeat: Infinity,
        },
        () => NEVER.pipe(finalize(() => order.push('unsubscribed'))),
      );
      const r = reader(route);
      asyncScheduler.schedule(() => {
        r.response.disconnect();
        order.push('turn is over');
      }, 5);
      flush();
      expect(order).to.deep.equal(['unsubscribed', 'turn is over']);
    }),
  );
});
