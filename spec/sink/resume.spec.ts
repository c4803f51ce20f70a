import { expect } from 'chai';
import { asyncScheduler, finalize, NEVER, startWith } from 'rxjs';
import { sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from '../feed/received.ts';

describe('the option resume', () => {
  for (const resume of [false, undefined]) {
    it(
      `unsubscribes from the stream of one request with its reader when it is ${resume}`,
      marbles(({ reader, flush }) => {
        const unsubscribed: number[] = [];
        const route = sse(resume === undefined ? {} : { resume }, () =>
          NEVER.pipe(
            startWith('first'),
            finalize(() => unsubscribed.push(asyncScheduler.now())),
          ),
        );
        const r = reader(route, { socket: '5ms X' });
        flush();
        expect(unsubscribed).to.deep.equal([5]);
        expect(r.headers).not.to.have.property('rxsse-resume');
        expect(received(r)).to.deep.equal(['"first"']);
      }),
    );
  }

  for (const resume of [true, {}]) {
    it(
      `retains the stream for its reader when it is ${JSON.stringify(resume)}`,
      marbles(
        ({ reader, flush }) => {
          const unsubscribed: number[] = [];
          const route = sse({ resume }, () => NEVER.pipe(finalize(() => unsubscribed.push(asyncScheduler.now()))));
          const r = reader(route, { socket: '5ms X' });
          flush();
          // 30 s after its reader has disconnected.
          expect(unsubscribed).to.deep.equal([30_005]);
          expect(r.headers).to.have.property('rxsse-resume', 'live');
        },
        { until: '60s' },
      ),
    );
  }
});
