import { expect } from 'chai';
import { NEVER, type Observable, timer } from 'rxjs';
import { sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from './received.ts';

describe('a run without a reader', () => {
  it(
    'continues for 30 s by default',
    marbles(
      ({ cold, reader, expectSubscriptions }) => {
        const words = cold('a');
        reader(
          sse({ resume: true }, () => words),
          { socket: '10ms X' },
        );
        expectSubscriptions(words.subscriptions).toBe('^ 30009ms !');
      },
      { until: '40s' },
    ),
  );

  it(
    'continues for its linger each time that its last reader disconnects',
    marbles(({ cold, reader, expectSubscriptions }) => {
      const words = cold('a');
      const route = sse({ resume: { linger: 20 } }, () => words);
      const first = reader(route, { socket: '10ms X' });
      timer(25).subscribe(() => {
        reader(route, { lastEventId: first.lastEventId, socket: '40ms X' });
        // Of two readers at once, only the last disconnection counts.
        reader(route, { lastEventId: first.lastEventId, socket: '50ms X' });
      });
      expectSubscriptions(words.subscriptions).toBe('^ 69ms !');
    }),
  );

  it(
    'is unsubscribed from at once with a linger of 0',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('a');
      const route = sse({ resume: { linger: 0 } }, () => words);
      const first = reader(route, { socket: '10ms X' });
      expectSubscriptions(words.subscriptions).toBe('^ 9ms !');
      flush();
      const second = reader(route, { lastEventId: first.lastEventId, socket: '20ms X' });
      flush();
      expect(received(second)).to.deep.equal(['position', 'gap epoch', '"a"']);
    }),
  );

  it(
    'continues until it completes with an infinite linger, without a timer',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('1s a 1s b 1s (c|)');
      const route = sse({ resume: { linger: Infinity } }, () => words);
      const first = reader(route, { socket: '10ms X' });
      expectSubscriptions(words.subscriptions).toBe('^ 3001ms !');
      flush();
      const second = reader(route, { lastEventId: first.lastEventId });
      flush();
      expect(received(second)).to.deep.equal(['position', '"a"', '"b"', '"c"', 'end']);
    }),
  );

  it('can have a linger longer than the longest delay of a timer', () => {
    const test = marbles(({ reader }) => {
      reader(
        sse({ resume: { linger: 2 ** 40 } }, () => NEVER),
        { socket: '10ms X' },
      );
    });
    // Node replaces a longer delay by 1 ms.
    expect(test).to.throw(`due at ${10 + 2 ** 31 - 1} ms`);
  });
});

describe('maxRuns of a route', () => {
  /** Returns a route that retains two runs. */
  const two = (stream: Observable<unknown>) => sse({ resume: { maxRuns: 2, linger: Infinity } }, () => stream);

  it(
    'removes the run that has been without a reader for longest',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('a');
      const route = two(words);
      const a = reader(route, { socket: '10ms X' });
      const b = reader(route, { socket: '5ms X' });
      // Its reader reconnects in between, so that the other run is without a reader for longer.
      timer(11).subscribe(() => reader(route, { lastEventId: b.lastEventId, socket: '12ms X' }));
      reader(route, { at: '20ms', socket: '30ms X' });
      flush();
      const found = [b, a].map(({ lastEventId }) => reader(route, { lastEventId, socket: '40ms X' }));
      flush();
      expect(found.map(received)).to.deep.equal([['position'], ['position', 'gap epoch', '"a"']]);
      expectSubscriptions(words.subscriptions).toBe(['^ 19ms !', '^', '20ms ^ 9ms !', '30ms ^']);
    }),
  );

  it(
    'answers an EventSource with a retry and another client with 503 when all runs have readers',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('a');
      const signals: AbortSignal[] = [];
      const route = sse({ resume: { maxRuns: 2, linger: 0 } }, ({ signal }) => {
        signals.push(signal);
        return words;
      });
      reader(route, { socket: '30ms X' });
      reader(route, { socket: '30ms X' });
      const native = reader(route, { at: '10ms' });
      const client = reader(route, { at: '10ms', headers: { 'rxsse-client': '1' } });
      const foreign = reader(route, { at: '10ms', lastEventId: '1.unknown.7' });
      const later = reader(route, { at: '40ms', socket: '50ms X' });
      flush();
      for (const r of [native, foreign]) {
        expect(r.status).to.equal(200);
        expect(r.headers).to.include({ 'rxsse-resume': 'refused' });
        expect(r.endedAt).to.equal(10);
        const [wait, ...more] = r.frames.map(({ frame }) => frame);
        expect(more).to.deep.equal([]);
        expect(wait?._tag === 'Retry' ? wait.ms : 0).to.be.within(5000, 10_000);
      }
      expect(client.status).to.equal(503);
      expect(Number(client.headers['retry-after'])).to.be.within(5, 10);
      expect(received(later)).to.deep.equal(['position', '"a"']);
      expectSubscriptions(words.subscriptions).toBe(['^ 29ms !', '^ 29ms !', '40ms ^ 9ms !']);
      // The signals of the rejected requests are aborted as well.
      expect(signals.map(({ aborted }) => aborted)).to.deep.equal(signals.map(() => true));
    }),
  );
});

describe('the owner of a run', () => {
  const route = (stream: Observable<unknown>, missed?: 'end') =>
    sse(
      {
        resume: { owner: ({ request }) => request.headers['x-user'], ...(missed && { gapPolicy: missed }) },
      },
      () => stream,
    );
  const as = (user: string) => ({ headers: { 'x-user': user } });

  it(
    'is computed again when a reader reconnects',
    marbles(
      ({ cold, reader, flush }) => {
        const mine = route(cold('a 9ms b 9ms (c|)'));
        const first = reader(mine, { ...as('me'), socket: '5ms X' });
        timer(30).subscribe(() => {
          const again = reader(mine, { ...as('me'), lastEventId: first.lastEventId });
          timer(1).subscribe(() => expect(received(again)).to.deep.equal(['position', '"b"', '"c"', 'end']));
        });
        flush();
      },
      { until: '40s' },
    ),
  );

  for (const missed of [undefined, 'end'] as const) {
    it(
      `is not revealed: another owner receives the response of an unknown run${missed ? ', with the end' : ''}`,
      marbles(
        ({ cold, reader, flush }) => {
          const mine = route(cold('a 9ms b 9ms (c|)'), missed);
          const first = reader(mine, { ...as('me'), socket: '5ms X' });
          timer(30).subscribe(() => {
            const { lastEventId } = first;
            const foreign = reader(mine, { ...as('you'), lastEventId, socket: '60ms X' });
            const unknown = reader(mine, { ...as('you'), lastEventId: '1.AAAAAAAAAAAAAAAA.1', socket: '60ms X' });
            timer(30).subscribe(() => {
              expect(foreign.status).to.equal(unknown.status);
              expect(foreign.headers).to.deep.equal(unknown.headers);
              expect(anonymous(foreign.text)).to.equal(anonymous(unknown.text));
              expect(foreign.writes.map(({ at }) => at)).to.deep.equal(unknown.writes.map(({ at }) => at));
              expect(received(foreign)[1]).to.equal('gap epoch');
            });
          });
          flush();
        },
        { until: '40s' },
      ),
    );
  }

  const anonymous = (text: string) => text.replaceAll(/1\.[\w-]{16}\./g, '1.-.');

  it(
    'can resume after another owner has requested the run',
    marbles(
      ({ cold, reader, flush }) => {
        const mine = route(cold('a 9ms b 9ms (c|)'));
        const first = reader(mine, { ...as('me'), socket: '5ms X' });
        timer(30).subscribe(() => {
          const { lastEventId } = first;
          reader(mine, { ...as('you'), lastEventId, socket: '31ms X' });
          const again = reader(mine, { ...as('me'), lastEventId });
          timer(1).subscribe(() => expect(received(again)).to.deep.equal(['position', '"b"', '"c"', 'end']));
        });
        flush();
      },
      { until: '40s' },
    ),
  );
});
