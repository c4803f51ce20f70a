import { expect } from 'chai';
import { map, type Observable, timer } from 'rxjs';
import { feed, filterEvents, StreamTimeoutError, sse, type TimeoutOptions } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';
import { comment } from '../../lib/wire/index.ts';
import { received } from '../feed/received.ts';
import { type Tick, Ticks } from './ways.ts';

const values = { a: Ticks.Tick(1), b: Ticks.Tick(2), c: Ticks.Tick(3) };

interface Options {
  readonly timeout: TimeoutOptions;
  readonly heartbeat?: number;
  readonly onError?: (error: unknown) => unknown;
  readonly onClose?: (reason: string) => void;
}

const ways: Readonly<Record<string, (source: Observable<Tick>, options: Options) => ReturnType<typeof sse>>> = {
  'a stream of its own': (source, options) => sse(options as object, source),
  'a feed': (source, options) => sse(options as object, feed(Ticks, { source, linger: 0 })),
  'its own view of a feed': (source, options) => {
    const shared = feed(Ticks, { source, linger: 0 });
    return sse(options as object, (context) => shared.read(context).pipe(filterEvents(() => true)));
  },
  'a run': (source, options) => sse({ ...(options as object), resume: { linger: 0 } }, () => source),
};

for (const [what, routeOf] of Object.entries(ways)) {
  describe(`the timeouts of ${what}`, () => {
    it(
      'end a stream without a first event, counted from the head, with an error',
      marbles(({ hot, reader, flush }) => {
        const reported: unknown[] = [];
        const closed: unknown[] = [];
        const options = {
          timeout: { first: 10, idle: 100 },
          heartbeat: 3,
          onError: (error: unknown) => void reported.push(error),
          onClose: (reason: string) => void closed.push(reason),
        };
        const r = reader(routeOf(hot<Tick>('20ms a', values), options), { at: '5ms' });
        flush();
        expect(r.cutAt).to.equal(15);
        expect(r.listeners).to.equal(0);
        expect(closed).to.deep.equal(['timeout']);
        expect(reported).to.have.length(1);
        expect(reported[0]).to.be.instanceOf(StreamTimeoutError).and.include({ kind: 'first', limit: 10 });
      }),
    );

    it(
      'end a stream without a next event, counted from its last event, in spite of heartbeats',
      marbles(({ hot, reader, flush, reportedErrors }) => {
        reportedErrors();
        const options = { timeout: { first: 8, idle: 20 }, heartbeat: 3 };
        const r = reader(routeOf(hot<Tick>('5ms a 14ms b 40ms c', values), options));
        flush();
        expect(received(r).filter((name) => /^\d/.test(name))).to.deep.equal(['1', '2']);
        expect(r.cutAt).to.equal(40);
      }),
    );

    it(
      "end a stream that takes too long, with an end when onError returns 'end'",
      marbles(({ hot, reader, flush }) => {
        const options = { timeout: { total: 12 }, onError: () => 'end' };
        const r = reader(routeOf(hot<Tick>('5ms a 4ms b 40ms c', values), options));
        flush();
        expect(received(r).filter((name) => name !== 'position')).to.deep.equal(['1', '2', 'end']);
        expect(r.endedAt).to.equal(12);
      }),
    );

    it(
      'send a last event when onError returns one',
      marbles(({ hot, reader, flush, reportedErrors }) => {
        reportedErrors();
        const options = { timeout: { idle: 5 }, onError: () => Ticks.Text('silent') };
        // A pipeline over a feed has positions of the log; a last event without one is rejected.
        const r = reader(routeOf(hot<Tick>('5ms a 40ms b', values), options));
        flush();
        const sent = received(r).filter((name) => name !== 'position');
        expect(sent).to.deep.equal(what === 'its own view of a feed' ? ['1'] : ['1', '"silent"', 'end']);
      }),
    );

    it(
      'do not end a connection whose socket is full, and start again when it has drained',
      marbles(({ hot, reader, flush, reportedErrors }) => {
        reportedErrors();
        const options = { timeout: { idle: 10 }, heartbeat: Infinity };
        const r = reader(routeOf(hot<Tick>('5ms a 4ms b', values), options), { socket: '7ms F 40ms D' });
        flush();
        expect(received(r).filter((name) => /^\d/.test(name))).to.deep.equal(['1', '2']);
        expect(r.cutAt).to.be.within(57, 58);
      }),
    );

    it(
      'are cleared when the reader disconnects',
      marbles(
        ({ hot, reader, flush }) => {
          const r = reader(routeOf(hot<Tick>('5ms a', values), { timeout: { first: 10, idle: 5000, total: 6000 } }), {
            socket: '7ms X',
          });
          // A timer that remained would fail this spec.
          flush();
          expect(r.leftAt).to.equal(7);
        },
        { until: '100ms' },
      ),
    );
  });
}

describe('timeouts', () => {
  it(
    'do not count a comment as an event',
    marbles(({ reader, flush, reportedErrors }) => {
      reportedErrors();
      const r = reader(sse({ timeout: { first: 10 } }, timer(1, 3).pipe(map(() => comment('still here')))));
      flush();
      expect(r.cutAt).to.equal(10);
    }),
  );

  it(
    'do not count a position without an event as an event',
    marbles(({ hot, reader, flush, reportedErrors }) => {
      reportedErrors();
      const shared = feed(Ticks, { source: hot<Tick>('5ms a 4ms b 4ms c', values), linger: 0 });
      const route = sse(
        {
          timeout: { first: 12 },
        },
        (context) => shared.read(context).pipe(filterEvents(() => false)),
      );
      const r = reader(route);
      flush();
      expect(r.cutAt).to.equal(12);
    }),
  );

  it('throw for a value out of range when the route is created', () => {
    for (const limit of ['first', 'idle', 'total']) {
      expect(() => sse({ timeout: { [limit]: 0 } }, timer(0))).to.throw(RangeError, `timeout.${limit}`);
      expect(() => sse({ timeout: { [limit]: Number.NaN } }, timer(0))).to.throw(RangeError, `timeout.${limit}`);
    }
  });
});
