import { expect } from 'chai';
import * as t from 'io-ts';
import { defer, EMPTY, merge, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import { DecodeError, type EventOf, events, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { comment, message, retry } from '../../lib/wire/index.ts';
import { received } from './received.ts';

const Words = events({ Word: t.string });
const { Word } = Words;

describe('a stream of one request with resume', () => {
  it(
    'continues without its reader, which receives what it missed when it reconnects',
    marbles(
      ({ cold, reader, flush, expectSubscriptions }) => {
        const words = cold('10ms a 9ms b 9ms c 9ms (d|)');
        const route = sse({ resume: true }, () => words);
        const first = reader(route, { socket: '15ms X' });
        timer(200).subscribe(() => {
          const second = reader(route, { lastEventId: first.lastEventId });
          timer(1).subscribe(() => {
            expect(received(second)).to.deep.equal(['position', '"b"', '"c"', '"d"', 'end']);
            expect(second.headers).to.include({ 'rxsse-resume': 'exact' });
            expect(second.listeners).to.equal(0);
          });
        });
        flush();
        expect(received(first)).to.deep.equal(['position', '"a"']);
        expect(first.headers).to.include({ 'rxsse-resume': 'live' });
        expect(first.listeners).to.equal(0);
        expectSubscriptions(words.subscriptions).toBe('^ 39ms !');
      },
      { until: '40s' },
    ),
  );

  it(
    'is resumed by a reader that disconnected before its first event',
    marbles(
      ({ cold, reader, flush }) => {
        const route = sse({ resume: true }, () => cold('10ms (a|)'));
        const first = reader(route, { socket: '5ms X' });
        timer(7).subscribe(() => {
          const second = reader(route, { lastEventId: first.lastEventId });
          timer(20).subscribe(() => expect(received(second)).to.deep.equal(['position', '"a"', 'end']));
        });
        flush();
        expect(received(first)).to.deep.equal(['position']);
      },
      { until: '40s' },
    ),
  );

  it(
    'is numbered once: two readers of one run receive the same events and ids',
    marbles(
      ({ cold, reader, flush, expectSubscriptions }) => {
        const words = cold('10ms a 9ms b 9ms (c|)');
        const route = sse({ resume: true }, () => words);
        const first = reader(route);
        timer(15).subscribe(() => {
          const second = reader(route, { lastEventId: first.lastEventId });
          timer(30).subscribe(() => {
            expect(received(second)).to.deep.equal(['position', '"b"', '"c"', 'end']);
            expect(second.lastEventId).to.equal(first.lastEventId);
          });
        });
        flush();
        expect(received(first)).to.deep.equal(['position', '"a"', '"b"', '"c"', 'end']);
        expectSubscriptions(words.subscriptions).toBe('^ 29ms !');
      },
      { until: '40s' },
    ),
  );

  it(
    'belongs to its request: a second request without a cursor starts another run',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('10ms (a|)');
      const route = sse({ resume: { linger: 0 } }, () => words);
      const both = [reader(route), reader(route, { at: '5ms' })];
      flush();
      const [one, two] = both.map((r) => r.lastEventId.split('.')[1]);
      expect(one).to.be.a('string').and.not.equal(two);
      expectSubscriptions(words.subscriptions).toBe(['^ 9ms !', '5ms ^ 9ms !']);
    }),
  );

  it(
    'answers 204 after the end',
    marbles(({ cold, reader, flush }) => {
      const route = sse({ resume: { linger: 0 } }, () => cold('10ms (a|)'));
      const first = reader(route);
      flush();
      const second = reader(route, { lastEventId: first.lastEventId });
      flush();
      expect(second.status).to.equal(204);
      expect(second.headers).to.include({ 'rxsse-resume': 'ended' });
    }),
  );

  it(
    'starts with its first event for any `from`, also when it emits synchronously',
    marbles(({ reader, flush }) => {
      for (const from of ['live', 'oldest'] as const) {
        const r = reader(sse({ resume: { from, linger: 0 } }, () => of('a', 'b')));
        flush();
        expect(received(r)).to.deep.equal(['position', '"a"', '"b"', 'end']);
      }
    }),
  );

  it(
    'sends no comments and no retries, which have no position, and reports a message with an id of its own',
    marbles(({ reader, flush }) => {
      const errors: unknown[] = [];
      const frames = of(
        comment('hi'),
        message({ text: 'a' }),
        retry(5),
        message({ id: '7', text: 'b' }),
        message({ event: 'x', text: 'c' }),
      );
      const route = sse(
        {
          resume: { linger: 0 },
          onError: (error) => void errors.push(error),
        },
        () => merge(frames, timer(3)),
      );
      const r = reader(route);
      flush();
      expect(received(r)).to.deep.equal(['position', 'a', 'c', '0', 'end']);
      expect(errors.map(String)).to.have.length(1);
      expect(String(errors[0])).to.include('has an id of its own');
    }),
  );

  it(
    'reports and drops an event that does not match its contract, emitted synchronously or later',
    marbles(({ cold, reader, flush }) => {
      const errors: unknown[] = [];
      const bad = { type: 'word', data: 7 } as unknown as EventOf<typeof Words>;
      const route = sse(
        {
          events: Words,
          resume: { linger: 0 },
          onError: (error) => void errors.push(error),
        },
        () => merge(of(bad), cold('-a-b-|', { a: Word('a'), b: bad })),
      );
      const r = reader(route);
      flush();
      expect(received(r)).to.deep.equal(['position', '"a"', 'end']);
      expect(errors.map((error) => error instanceof DecodeError)).to.deep.equal([true, true]);
    }),
  );

  it(
    'sends a gap when its log has trimmed events',
    marbles(
      ({ cold, reader, flush }) => {
        const route = sse(
          {
            resume: { log: () => memoryLog({ maxEntries: 1 }) },
          },
          () => cold('10ms a 9ms b 9ms c 9ms (d|)'),
        );
        const first = reader(route, { socket: '15ms X' });
        timer(100).subscribe(() => {
          const second = reader(route, { lastEventId: first.lastEventId });
          timer(1).subscribe(() => expect(received(second)).to.deep.equal(['position', 'gap trimmed', '"d"', 'end']));
        });
        flush();
      },
      { until: '40s' },
    ),
  );

  it(
    'rejects a log that does not answer synchronously',
    marbles(({ reader, flush }) => {
      const log = { ...memoryLog(), read: () => NEVER };
      const r = reader(sse({ resume: { log: () => log as never } }, () => NEVER));
      flush();
      expect(r.status).to.equal(500);
      expect(String(r.error)).to.include('in memory');
    }),
  );

  it('throws a RangeError for a linger and a maxRuns out of range', () => {
    expect(() => sse({ resume: { linger: -1 } }, () => NEVER)).to.throw(RangeError, 'resume.linger');
    expect(() => sse({ resume: { maxRuns: 0 } }, () => NEVER)).to.throw(RangeError, 'resume.maxRuns');
    expect(() => sse({ resume: { linger: Number.NaN } }, () => NEVER)).to.throw(RangeError, 'resume.linger');
  });
});

describe('a run whose stream fails', () => {
  it(
    'is an HTTP error passed only to `next` when it fails during the subscription, and retains no run',
    marbles(({ reader, flush }) => {
      const errors: unknown[] = [];
      const signals: AbortSignal[] = [];
      const route = sse({ resume: true, onError: (error) => void errors.push(error) }, ({ signal }) => {
        signals.push(signal);
        return throwError(() => new Error('no'));
      });
      // A run that was retained would leave the timer of its linger, and fail this spec.
      const r = reader(route);
      flush();
      expect(r.status).to.equal(500);
      expect(String(r.error)).to.equal('Error: no');
      expect(errors).to.deep.equal([]);
      expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
      expect(r.listeners).to.equal(0);
    }),
  );

  it(
    'is an HTTP error also when it emits before it fails during the subscription',
    marbles(({ reader, flush }) => {
      const r = reader(
        sse({ resume: true }, () =>
          merge(
            of('a'),
            throwError(() => Object.assign(new Error('no'), { status: 502 })),
          ),
        ),
      );
      flush();
      expect(r.status).to.equal(502);
      expect(r.isStream).to.equal(false);
    }),
  );

  it(
    'sends an end with the reason failed when it fails later, and sends it again to a reader that reconnects',
    marbles(
      ({ cold, reader, flush }) => {
        const errors: unknown[] = [];
        const route = sse({ resume: true, onError: (error) => void errors.push(error) }, () => cold('-a-#'));
        const first = reader(route, { socket: '--X' });
        timer(10).subscribe(() => {
          const second = reader(route, { lastEventId: first.lastEventId });
          timer(1).subscribe(() => {
            expect(received(second)).to.deep.equal(['position', 'end']);
            expect(second.frames.at(-1)?.frame).to.include({ event: 'rxsse.end', data: '{"reason":"failed"}' });
          });
        });
        flush();
        expect(errors).to.deep.equal(['error']);
      },
      { until: '40s' },
    ),
  );

  it(
    'ends with the event that `onError` returns, or with the end alone, stored like other events',
    marbles(({ cold, reader, flush }) => {
      const last = reader(sse({ resume: { linger: 0 }, onError: () => 'sorry' }, () => cold('-a-#')));
      const end = reader(sse({ resume: { linger: 0 }, onError: () => 'end' as const }, () => cold('-a-#')));
      flush();
      expect(received(last)).to.deep.equal(['position', '"a"', '"sorry"', 'end']);
      expect(received(end)).to.deep.equal(['position', '"a"', 'end']);
      for (const r of [last, end]) expect(r.frames.at(-1)?.frame).to.include({ event: 'rxsse.end', data: 'null' });
    }),
  );

  it(
    'is an HTTP error when the handler throws, and the signal is aborted',
    marbles(({ reader, flush }) => {
      const signals: AbortSignal[] = [];
      const route = sse({ resume: true }, ({ signal }): Observable<string> => {
        signals.push(signal);
        throw new Error('no');
      });
      const r = reader(route);
      flush();
      expect(r.status).to.equal(500);
      expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
    }),
  );
});

describe('a reader whose run is unknown or removed', () => {
  for (const [name, cursor, reason] of [
    ['receives a gap', '1.another-epoch.4', 'epoch'],
    ['receives a gap for an invalid cursor', 'garbage', 'invalid'],
  ] as const) {
    it(
      `${name}, and receives a new run from its start`,
      marbles(({ cold, reader, flush }) => {
        const route = sse({ resume: { linger: 0 } }, () => cold('-a-(b|)'));
        const r = reader(route, { lastEventId: cursor });
        flush();
        expect(received(r)).to.deep.equal(['position', `gap ${reason}`, '"a"', '"b"', 'end']);
        expect(r.headers).to.include({ 'rxsse-resume': `gap;reason=${reason}` });
        expect(r.lastEventId).to.match(/^1\.[\w-]{16}\.2~$/);
      }),
    );
  }

  it(
    "receives the gap and the end with gapPolicy: 'end', and no run is started or retained for it",
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('-a');
      const signals: AbortSignal[] = [];
      const route = sse({ resume: { gapPolicy: 'end' } }, ({ signal }) => {
        signals.push(signal);
        return words;
      });
      const r = reader(route, { lastEventId: '1.another-epoch.4' });
      flush();
      expect(received(r)).to.deep.equal(['position', 'gap epoch', 'end']);
      expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
      expectSubscriptions(words.subscriptions).toBe([]);
    }),
  );

  it(
    'receives a gap with the reason future for a cursor beyond the tail of its run, and continues at the tail',
    marbles(({ cold, reader, flush }) => {
      const route = sse({ resume: { linger: 0 } }, () => cold('-a---b---|'));
      const first = reader(route);
      timer(3).subscribe(() => {
        const second = reader(route, { lastEventId: first.lastEventId.replace(/1$/, '9') });
        timer(10).subscribe(() => expect(received(second)).to.deep.equal(['position', 'gap future', '"b"', 'end']));
      });
      flush();
    }),
  );
});

describe('the signal of a run', () => {
  const withSignal = (stream: Observable<unknown>, signals: AbortSignal[], linger: number) =>
    sse({ resume: { linger } }, ({ signal }) => {
      signals.push(signal);
      return stream;
    });

  it(
    'is aborted when the run is unsubscribed from, not when its first reader disconnects',
    marbles(({ cold, reader, flush }) => {
      const signals: AbortSignal[] = [];
      reader(withSignal(cold('-a'), signals, 10), { socket: '---X' });
      const seen: unknown[] = [];
      for (const at of [4, 12, 14]) timer(at).subscribe(() => seen.push(signals[0]?.aborted));
      flush();
      expect(seen).to.deep.equal([false, false, true]);
    }),
  );

  it(
    'is aborted when the stream completes',
    marbles(({ cold, reader, flush }) => {
      const signals: AbortSignal[] = [];
      reader(withSignal(cold('-a-|'), signals, Infinity), { socket: '-------X' });
      timer(4).subscribe(() => expect(signals[0]?.aborted).to.equal(true));
      flush();
    }),
  );

  it(
    'is not aborted before the linger has passed when the reader disconnects during the subscription',
    marbles(({ reader, flush }) => {
      const signals: AbortSignal[] = [];
      const disconnecting = defer(() => {
        r.response.disconnect();
        return NEVER;
      });
      const r = reader(withSignal(disconnecting, signals, 10));
      const seen: unknown[] = [];
      for (const at of [9, 11]) timer(at).subscribe(() => seen.push(signals[0]?.aborted));
      flush();
      expect(seen).to.deep.equal([false, true]);
      expect(r.listeners).to.equal(0);
    }),
  );

  it(
    'is aborted when the stream completes without an event',
    marbles(({ reader, flush }) => {
      const signals: AbortSignal[] = [];
      reader(withSignal(EMPTY, signals, 0));
      flush();
      expect(signals[0]?.aborted).to.equal(true);
    }),
  );
});
