import { expect } from 'chai';
import { asyncScheduler, finalize, NEVER } from 'rxjs';
import { sse } from '../../lib/adapter/node/sse.ts';
import { marbles } from '../../lib/testing/marbles.ts';

describe('the timer of a run', () => {
  it(
    'is gone when the run has to make room before its grace is over',
    marbles(
      ({ reader }) => {
        const resume = { linger: 30_000, owner: () => 'me', maxRunsPerOwner: 1 };
        const route = sse({ resume, heartbeat: Infinity }, () => NEVER);
        reader(route, { socket: '5ms X' });
        // It stays: no timer of the first one may be left when the test ends.
        reader(route, { at: '10ms' });
      },
      { until: '1s' },
    ),
  );

  it(
    'is not needed where there is no grace: the stream is left in the same turn',
    marbles(({ reader, flush }) => {
      const order: string[] = [];
      const route = sse(
        {
          resume: { linger: 0 },
          heartbeat: Infinity,
        },
        () => NEVER.pipe(finalize(() => order.push('left'))),
      );
      const r = reader(route);
      asyncScheduler.schedule(() => {
        r.response.disconnect();
        order.push('turn is over');
      }, 5);
      flush();
      expect(order).to.deep.equal(['left', 'turn is over']);
    }),
  );
});
