import { expect } from 'chai';
import { finalize, interval, map, NEVER, range, Subject, timer } from 'rxjs';
import { feed, LimitError, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from '../feed/received.ts';
import { kernelBuffer } from '../support/kernelBuffer.ts';
import { Ticks, ways } from './ways.ts';

/** Emits at even times; the sockets change at odd times, before or after it. */
const numbers = interval(2);
const ticks = numbers.pipe(map((n) => Ticks.Tick(n)));

const upTo = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => String(n));
const data = (frames: readonly string[]): readonly string[] => frames.filter((frame) => frame !== 'position');

for (const [what, routeOf] of Object.entries(ways)) {
  describe(`a slow reader of ${what}`, () => {
    it(
      'is sent nothing while its socket is full, and then all events in one write and once',
      marbles(({ reader, flush }) => {
        const route = routeOf(ticks, { heartbeat: 7 });
        const slow = reader(route, { socket: '5ms F 45ms D 19ms X' });
        const quick = reader(route, { socket: '71ms X' });
        flush();
        expect(data(received(quick))).to.deep.equal(upTo(35));
        expect(data(received(slow))).to.deep.equal(upTo(35));
        const times = slow.writes.map(({ at }) => at);
        expect(times.filter((at) => at >= 5 && at <= 52)).to.deep.equal([51, 52]);
        expect(slow.overrun).to.equal(0);
        expect([slow.listeners, quick.listeners]).to.deep.equal([0, 0]);
      }),
    );

    it(
      'is unsubscribed when it disconnects while its socket is full',
      marbles(({ reader, flush }) => {
        const route = routeOf(ticks, { heartbeat: 7 });
        const slow = reader(route, { socket: '5ms F 44ms X' });
        const broken = reader(route, { socket: '5ms F 44ms #' });
        flush();
        for (const each of [slow, broken]) {
          expect(each.leftAt).to.equal(50);
          expect(each.listeners).to.equal(0);
          expect(each.writes.every(({ at }) => at < 5)).to.equal(true);
        }
        // Nothing is read any more: a timer that remained would fail this spec.
      }),
    );

    it(
      'receives every event through a socket that is full after each write',
      marbles(({ reader, flush }) => {
        const slow = reader(routeOf(ticks, { heartbeat: 7 }), { socket: '9ms D 9ms D 9ms D 9ms D 9ms D 9ms X' });
        kernelBuffer(slow, 1);
        flush();
        expect(data(received(slow))).to.deep.equal(upTo(data(received(slow)).length));
        expect(data(received(slow)).length).to.be.above(20);
        expect(slow.writes.map(({ at }) => at)).to.deep.equal([0, 9, 19, 29, 39, 49]);
        expect(slow.overrun).to.equal(0);
      }),
    );

    it(
      'handles each drain event of its socket once',
      marbles(({ reader, flush }) => {
        const slow = reader(routeOf(ticks, { heartbeat: Infinity }), { socket: '5ms (FD) 5ms F 9ms (DFD) 9ms X' });
        flush();
        expect(data(received(slow))).to.deep.equal(upTo(data(received(slow)).length));
        expect(slow.overrun).to.equal(0);
      }),
    );
  });
}

describe('a reader whose socket a middleware has filled', () => {
  it(
    'is sent nothing before the socket has drained',
    marbles(({ hot, reader, flush }) => {
      const source = hot('5ms a 4ms b');
      const route = sse(source);
      // A middleware writes to the response, and ignores the result of `write`.
      const slow = reader(
        (request, response, next) => {
          route(request, response, next);
          timer(7).subscribe(() => slow.response.fill());
        },
        { socket: '20ms D 9ms X' },
      );
      flush();
      expect(received(slow)).to.deep.equal(['"a"', '"b"']);
      expect(slow.writes.map(({ at }) => at)).to.deep.equal([0, 5, 20]);
      expect(slow.overrun).to.equal(0);
    }),
  );
});

describe('a reader that is too slow for a stream without a log', () => {
  const text = 'x'.repeat(1000);

  it(
    'is cut alone when its queue is full, and `onError` receives the error',
    marbles(({ reader, flush }) => {
      const errors: unknown[] = [];
      let unsubscribed = 0;
      const kilobytes = interval(1).pipe(
        map((n) => `${n} ${text}`),
        finalize(() => unsubscribed++),
      );
      const route = sse(
        {
          queue: { maxBytes: 100_000 },
          onError: (error: unknown) => {
            errors.push(error);
            // The value has no effect.
            return 'end';
          },
        },
        kilobytes,
      );
      const slow = reader(route, { socket: '5ms F' });
      const other = reader(route, { socket: '5ms F 59ms D 435ms X' });
      const quick = reader(route, { socket: '500ms X' });
      flush();

      const cut = slow.cutAt ?? expect.fail('it was not cut');
      // 100 kB, with the other bytes of each block.
      expect(cut - 5).to.be.within(80, 100);
      expect(slow.endedAt).to.equal(undefined);
      expect(slow.writes.every(({ at }) => at < 5)).to.equal(true);
      expect(errors).to.have.length(1);
      expect(errors[0]).to.be.instanceOf(LimitError);
      expect(unsubscribed).to.equal(3);
      for (const each of [other, quick]) {
        expect(each.cutAt).to.equal(undefined);
        const first = received(each).map((frame) => frame.slice(1, -1 - text.length).trim());
        expect(first).to.deep.equal(upTo(first.length));
        expect(first.length).to.be.within(499, 500);
      }
      expect([slow, other, quick].map(({ listeners }) => listeners)).to.deep.equal([0, 0, 0]);
    }),
  );

  it(
    'has a queue of 16 MiB by default',
    marbles(({ reader, flush, reportedErrors }) => {
      const reported = reportedErrors();
      const source = new Subject<string>();
      const slow = reader(sse(source), { socket: '1ms F' });
      // 15.6 MiB, and then 0.6 MiB more.
      for (const [ms, count] of [
        [10, 250],
        [20, 10],
      ] as const) {
        timer(ms).subscribe(() => range(count).subscribe(() => source.next('x'.repeat(64 * 1024))));
      }
      flush();
      expect(slow.cutAt).to.equal(20);
      expect(reported.map(({ where }) => where)).to.deep.equal(['sse GET /']);
      expect(source.observed).to.equal(false);
    }),
  );

  it(
    'is sent its waiting events in several writes, in order, since one large write drains only as a whole',
    marbles(({ reader, flush }) => {
      const source = new Subject<string>();
      const slow = reader(sse({ stallTimeout: 30 }, source), { socket: `1ms F ${'18ms D '.repeat(20)}X` });
      kernelBuffer(slow, 64 * 1024);
      timer(10).subscribe(() => range(1000).subscribe((n) => source.next(`${n} ${text}`)));
      // One event is emitted while the others are being written.
      timer(60).subscribe(() => source.next(`1000 ${text}`));
      flush();
      expect([slow.cutAt, slow.overrun]).to.deep.equal([undefined, 0]);
      const numbers = received(slow).map((frame) => Number.parseInt(frame.slice(1), 10));
      expect(numbers).to.deep.equal(Array.from({ length: 1001 }, (_, n) => n));
      expect(Math.max(...slow.writes.map(({ bytes }) => bytes.length))).to.be.below(66 * 1024);
      expect(slow.writes.length).to.be.above(15);
    }),
  );

  it(
    'ends a source that emits synchronously without end',
    marbles(({ reader, flush }) => {
      let emitted = 0;
      const endless = range(0, Infinity).pipe(
        map((n) => {
          emitted++;
          return `${n} ${text}`;
        }),
      );
      const slow = reader(sse({ queue: { maxBytes: 1024 * 1024 } }, endless));
      kernelBuffer(slow, 64 * 1024);
      flush();
      expect([slow.status, slow.isStream]).to.deep.equal([500, false]);
      expect(slow.error).to.be.instanceOf(LimitError);
      // One burst, and 1 MiB.
      expect(emitted).to.be.within(900, 1200);
      expect([slow.overrun, slow.listeners]).to.deep.equal([0, 0]);
    }),
  );

  it(
    'is not cut by a feed, which has no queue',
    marbles(
      ({ reader, flush }) => {
        const shared = feed(Ticks);
        const slow = reader(sse({ queue: { maxBytes: 1, maxEvents: 1 }, stallTimeout: Infinity }, shared), {
          socket: '1ms F 8998ms D 9ms X',
        });
        timer(10).subscribe(() => range(5000).subscribe((n) => shared.publish(Ticks.Tick(n))));
        flush();
        expect(data(received(slow))).to.deep.equal(upTo(5000));
      },
      { until: '20s' },
    ),
  );
});

describe('a route whose reader disconnected before anything was sent', () => {
  it(
    'does not subscribe to its stream',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const source = cold('a');
      const route = sse(source);
      const disconnected = reader((request, response, next) => {
        response.destroy();
        route(request, response, next);
      });
      const never = reader(sse(NEVER), { socket: '1ms X' });
      expectSubscriptions(source.subscriptions).toBe([]);
      flush();
      expect([disconnected.text, disconnected.listeners, never.listeners]).to.deep.equal(['', 0, 0]);
    }),
  );
});
