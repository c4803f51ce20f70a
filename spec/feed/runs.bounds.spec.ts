import { expect } from 'chai';
import { NEVER, type Observable, timer } from 'rxjs';
import { sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from './received.ts';

describe('how long a run goes on without its reader', () => {
  it(
    'is 30 s where nothing is said',
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
    'is said by `grace`, anew each time that the last one leaves',
    marbles(({ cold, reader, expectSubscriptions }) => {
      const words = cold('a');
      const route = sse({ resume: { linger: 20 } }, () => words);
      const first = reader(route, { socket: '10ms X' });
      timer(25).subscribe(() => {
        reader(route, { lastEventId: first.lastEventId, socket: '40ms X' });
        // Two at once: only the last to leave counts.
        reader(route, { lastEventId: first.lastEventId, socket: '50ms X' });
      });
      expectSubscriptions(words.subscriptions).toBe('^ 69ms !');
    }),
  );

  it(
    'is no time at all with 0',
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
    'is until its end with Infinity, and holds no timer',
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

  it('may be longer than a timer can hold', () => {
    const left = marbles(({ reader }) => {
      reader(
        sse({ resume: { linger: 2 ** 40 } }, () => NEVER),
        { socket: '10ms X' },
      );
    });
    // Node makes 1 ms of what is more than this.
    expect(left).to.throw(`due at ${10 + 2 ** 31 - 1} ms`);
  });
});

describe('how many runs there are', () => {
  /** A route that remembers two runs. */
  const two = (stream: Observable<unknown>) => sse({ resume: { maxRuns: 2, linger: Infinity } }, () => stream);

  it(
    'is bounded: the one without a reader for longest makes room',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('a');
      const route = two(words);
      const a = reader(route, { socket: '10ms X' });
      const b = reader(route, { socket: '5ms X' });
      // It comes back in between, so that the other one is without a reader for longer.
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
    'is a full server where all have readers: a wait for a native EventSource, a status for a client',
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
      // Of those that were refused, too.
      expect(signals.map(({ aborted }) => aborted)).to.deep.equal(signals.map(() => true));
    }),
  );
});

describe('whose a run is', () => {
  const route = (stream: Observable<unknown>, missed?: 'end') =>
    sse(
      {
        resume: { owner: ({ request }) => request.headers['x-user'], ...(missed && { gapPolicy: missed }) },
      },
      () => stream,
    );
  const as = (user: string) => ({ headers: { 'x-user': user } });

  it(
    'is asked again when a reader comes back',
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
      `cannot be told: a foreign owner is answered as if there were no such run${missed ? ', with the end' : ''}`,
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
    'is not lost to a foreign one that asked for it',
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
