import { expect } from 'chai';
import * as t from 'io-ts';
import { interval, map, merge, type Observable, timeout, timer } from 'rxjs';
import { sse } from '../../lib/adapter/node/sse.ts';
import { type EventOf, events } from '../../lib/event/events.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { comment, retry } from '../../lib/wire/Frame.ts';

const Echoes = events({ Echo: { message: t.string }, ReverseEcho: { message: t.string } });
type Echo = EventOf<typeof Echoes>;

const reverse = (text: string) => [...text].reverse().join('');

/** Functions of a user: plain RxJS, independent of a server. */
const echo = (words: Observable<string>): Observable<Echo> => words.pipe(map((message) => Echoes.Echo({ message })));
const reverseEcho = (words: Observable<string>): Observable<Echo> =>
  words.pipe(map((message) => Echoes.ReverseEcho({ message: reverse(message) })));

const values = {
  a: Echoes.Echo({ message: 'ab' }),
  A: Echoes.ReverseEcho({ message: 'ba' }),
  b: Echoes.Echo({ message: 'cd' }),
  B: Echoes.ReverseEcho({ message: 'dc' }),
  h: comment(),
};

describe('three ways to use the kit', () => {
  it(
    'tests a merge of two typed streams',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const first = hot('   --a----b-----|', { a: 'ab', b: 'cd' });
      const second = hot('  ----a--b--|   ', { a: 'ab', b: 'cd' });
      const subs = '        ^------------!';
      const expected = '    --a-A--(bB)--|';

      expectObservable(merge(echo(first), reverseEcho(second))).toBe(expected, values);
      expectSubscriptions(first.subscriptions).toBe(subs);
    }),
  );

  it(
    'tests a map and a timeout',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const words = hot('  --a----b-------', { a: 'ab', b: 'cd' });
      const subs = '       ^-----------!  ';
      const expected = '   --a----b----(l|)';
      const late = Echoes.Echo({ message: 'late' });

      const stream = echo(words).pipe(timeout({ each: 5, with: () => [late] }));
      expectObservable(stream).toBe(expected, { ...values, l: late });
      expectSubscriptions(words.subscriptions).toBe(subs);
    }),
  );

  it(
    'tests a whole route, with its heartbeat and a reader that disconnects',
    marbles(({ reader, expectFrames, flush }) => {
      const route = sse({ events: Echoes, query: { message: t.string }, heartbeat: 800 }, ({ query: { message } }) =>
        merge(echo(interval(1000).pipe(map(() => message))), reverseEcho(timer(2000, 1000).pipe(map(() => message)))),
      );
      const r = reader(route, { url: '/?message=ab', socket: '2500ms X' });
      expectFrames(r).toBe('800ms h 199ms a 799ms h 199ms (aA)', values);

      flush();
      expect(r.status).to.equal(200);
      expect(r.response.listenerCount('close')).to.equal(0);
    }),
  );
});

describe('a route in virtual time', () => {
  const Ticks = events({ Tick: { n: t.number } });
  const { Tick } = Ticks;
  const ticking = { a: Tick({ n: 1 }), b: Tick({ n: 2 }), c: Tick({ n: 3 }), h: comment(), o: retry(3000) };

  it(
    'waits for the socket, and sends heartbeats between events',
    marbles(
      ({ hot, reader, expectFrames }) => {
        const ticks = hot('   5ms a 12ms b 20ms c', ticking);
        const r = reader(sse({ events: Ticks, heartbeat: 12 }, ticks), { socket: '10ms F 14ms D 19ms X' });
        // b waits from 18 to 25.
        expectFrames(r).toBe('5ms a 19ms b 11ms h 1ms c', ticking);
      },
      { until: '60ms' },
    ),
  );

  it(
    'starts with its retry and ends with its end event',
    marbles(({ cold, reader, expectFrames, flush }) => {
      const r = reader(sse({ events: Ticks }, cold('  --a-|', ticking)));
      expectFrames(r).toBe('       --a-|', ticking);
      expectFrames(r, { preamble: true }).toBe('o-a-|', ticking);
      flush();
      const again = reader(sse({}, cold('a')), { lastEventId: r.lastEventId });
      expectFrames(again).toBe('4ms |');
      flush();
      expect(again.status).to.equal(204);
    }),
  );

  it(
    'rejects a bad request before the first byte',
    marbles(({ reader, flush }) => {
      const route = sse({ query: { message: t.string } }, () => interval(1000));
      const r = reader(route, { url: '/?word=ab' });
      flush();
      expect(r.status).to.equal(422);
      expect(JSON.stringify(r.problem)).to.contain('message');
    }),
  );

  it('has the same epoch in each run with the same seed', () => {
    const idOf = (seed: number) => {
      let id = '';
      marbles(
        ({ cold, reader, flush }) => {
          const r = reader(sse(cold('a|')));
          flush();
          id = r.lastEventId;
        },
        { seed },
      )();
      return id;
    };
    expect(idOf(1)).to.equal(idOf(1)).and.not.to.equal(idOf(2));
  });
});
