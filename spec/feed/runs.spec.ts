import { expect } from 'chai';
import * as t from 'io-ts';
import { defer, EMPTY, merge, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import { DecodeError, type EventOf, events, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { comment, message, retry } from '../../lib/wire/index.ts';
import { received } from './received.ts';

const Words = events({ Word: t.string });
const { Word } = Words;

describe('a stream of one request that resumes', () => {
  it(
    'goes on without its reader, who gets what it missed',
    marbles(
      ({ cold, reader, flush, expectSubscriptions }) => {
        const words = cold('10ms a 9ms b 9ms c 9ms (d|)');
        const route = sse(() => words, { resume: true });
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
    'comes back also to a reader that left before its first event',
    marbles(
      ({ cold, reader, flush }) => {
        const route = sse(() => cold('10ms (a|)'), { resume: true });
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
    'is numbered once, whoever reads it: two readers of one run get the same',
    marbles(
      ({ cold, reader, flush, expectSubscriptions }) => {
        const words = cold('10ms a 9ms b 9ms (c|)');
        const route = sse(() => words, { resume: true });
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
    'belongs to its request: a second request without a cursor has one of its own',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('10ms (a|)');
      const route = sse(() => words, { resume: { grace: 0 } });
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
      const route = sse(() => cold('10ms (a|)'), { resume: { grace: 0 } });
      const first = reader(route);
      flush();
      const second = reader(route, { lastEventId: first.lastEventId });
      flush();
      expect(second.status).to.equal(204);
      expect(second.headers).to.include({ 'rxsse-resume': 'ended' });
    }),
  );

  it(
    'begins at its start whatever `from` says of readers without a cursor, also with what is emitted at once',
    marbles(({ reader, flush }) => {
      for (const from of ['live', 'oldest'] as const) {
        const r = reader(sse(() => of('a', 'b'), { resume: { from, grace: 0 } }));
        flush();
        expect(received(r)).to.deep.equal(['position', '"a"', '"b"', 'end']);
      }
    }),
  );

  it(
    'sends no comments and no retries, which have no place in it, and reports a message with an id of its own',
    marbles(({ reader, flush }) => {
      const errors: unknown[] = [];
      const frames = of(
        comment('hi'),
        message({ text: 'a' }),
        retry(5),
        message({ id: '7', text: 'b' }),
        message({ event: 'x', text: 'c' }),
      );
      const route = sse(() => merge(frames, timer(3)), {
        resume: { grace: 0 },
        onError: (error) => void errors.push(error),
      });
      const r = reader(route);
      flush();
      expect(received(r)).to.deep.equal(['position', 'a', 'c', '0', 'end']);
      expect(errors.map(String)).to.have.length(1);
      expect(String(errors[0])).to.include('has an id of its own');
    }),
  );

  it(
    'is fenced by its contract: a bad event is reported and dropped, at once or later',
    marbles(({ cold, reader, flush }) => {
      const errors: unknown[] = [];
      const bad = { type: 'word', data: 7 } as unknown as EventOf<typeof Words>;
      const route = sse(() => merge(of(bad), cold('-a-b-|', { a: Word('a'), b: bad })), {
        events: Words,
        resume: { grace: 0 },
        onError: (error) => void errors.push(error),
      });
      const r = reader(route);
      flush();
      expect(received(r)).to.deep.equal(['position', '"a"', 'end']);
      expect(errors.map((error) => error instanceof DecodeError)).to.deep.equal([true, true]);
    }),
  );

  it(
    'is trimmed, and says so, where it outgrew its log',
    marbles(
      ({ cold, reader, flush }) => {
        const route = sse(() => cold('10ms a 9ms b 9ms c 9ms (d|)'), {
          resume: { log: () => memoryLog({ entries: 1 }) },
        });
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
    'must have a log that answers at once',
    marbles(({ reader, flush }) => {
      const log = { ...memoryLog(), read: () => NEVER };
      const r = reader(sse(() => NEVER, { resume: { log: () => log as never } }));
      flush();
      expect(r.status).to.equal(500);
      expect(String(r.error)).to.include('in memory');
    }),
  );

  it('refuses at once a grace and a max that are none', () => {
    expect(() => sse(() => NEVER, { resume: { grace: -1 } })).to.throw(RangeError, 'resume.grace');
    expect(() => sse(() => NEVER, { resume: { max: 0 } })).to.throw(RangeError, 'resume.max');
    expect(() => sse(() => NEVER, { resume: { grace: Number.NaN } })).to.throw(RangeError, 'resume.grace');
  });
});

describe('a run whose stream fails', () => {
  it(
    'is an HTTP error while it is being subscribed, told to `next` alone, and leaves nothing',
    marbles(({ reader, flush }) => {
      const errors: unknown[] = [];
      const signals: AbortSignal[] = [];
      const route = sse(
        ({ signal }) => {
          signals.push(signal);
          return throwError(() => new Error('no'));
        },
        { resume: true, onError: (error) => void errors.push(error) },
      );
      // No time to spare for the grace: a run that is kept would be a timer that is left.
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
    'is an HTTP error also where it emitted before it failed',
    marbles(({ reader, flush }) => {
      const r = reader(
        sse(
          () =>
            merge(
              of('a'),
              throwError(() => Object.assign(new Error('no'), { status: 502 })),
            ),
          { resume: true },
        ),
      );
      flush();
      expect(r.status).to.equal(502);
      expect(r.isStream).to.equal(false);
    }),
  );

  it(
    'ends with word of it later, and says so again to a reader that comes back',
    marbles(
      ({ cold, reader, flush }) => {
        const errors: unknown[] = [];
        const route = sse(() => cold('-a-#'), { resume: true, onError: (error) => void errors.push(error) });
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
    'ends as `onError` says: with a last event, or with the end alone, remembered like all else',
    marbles(({ cold, reader, flush }) => {
      const last = reader(sse(() => cold('-a-#'), { resume: { grace: 0 }, onError: () => 'sorry' }));
      const end = reader(sse(() => cold('-a-#'), { resume: { grace: 0 }, onError: () => 'end' as const }));
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
      const route = sse(
        ({ signal }): Observable<string> => {
          signals.push(signal);
          throw new Error('no');
        },
        { resume: true },
      );
      const r = reader(route);
      flush();
      expect(r.status).to.equal(500);
      expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
    }),
  );
});

describe('the reader of a run that is not known (any more)', () => {
  for (const [name, cursor, reason] of [
    ['is told a gap', '1.another-epoch.4', 'epoch'],
    ['is told a gap for garbage', 'garbage', 'invalid'],
  ] as const) {
    it(
      `${name}, and gets a fresh run from its start`,
      marbles(({ cold, reader, flush }) => {
        const route = sse(() => cold('-a-(b|)'), { resume: { grace: 0 } });
        const r = reader(route, { lastEventId: cursor });
        flush();
        expect(received(r)).to.deep.equal(['position', `gap ${reason}`, '"a"', '"b"', 'end']);
        expect(r.headers).to.include({ 'rxsse-resume': `gap;reason=${reason}` });
        expect(r.lastEventId).to.match(/^1\.[\w-]{16}\.2~$/);
      }),
    );
  }

  it(
    'gets the gap and the end where the route says so, and nothing is begun or kept for it',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('-a');
      const signals: AbortSignal[] = [];
      const route = sse(
        ({ signal }) => {
          signals.push(signal);
          return words;
        },
        { resume: { missed: 'end' } },
      );
      const r = reader(route, { lastEventId: '1.another-epoch.4' });
      flush();
      expect(received(r)).to.deep.equal(['position', 'gap epoch', 'end']);
      expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
      expectSubscriptions(words.subscriptions).toBe([]);
    }),
  );

  it(
    'is told a gap of its own run for a cursor from the future, and goes on at the tail',
    marbles(({ cold, reader, flush }) => {
      const route = sse(() => cold('-a---b---|'), { resume: { grace: 0 } });
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
  const withSignal = (stream: Observable<unknown>, signals: AbortSignal[], grace: number) =>
    sse(
      ({ signal }) => {
        signals.push(signal);
        return stream;
      },
      { resume: { grace } },
    );

  it(
    'is aborted when the run is left, not when its first reader goes',
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
    'is aborted when the stream is over',
    marbles(({ cold, reader, flush }) => {
      const signals: AbortSignal[] = [];
      reader(withSignal(cold('-a-|'), signals, Infinity), { socket: '-------X' });
      timer(4).subscribe(() => expect(signals[0]?.aborted).to.equal(true));
      flush();
    }),
  );

  it(
    'is not aborted for a run whose reader leaves while it is being subscribed, until the grace is over',
    marbles(({ reader, flush }) => {
      const signals: AbortSignal[] = [];
      const leaving = defer(() => {
        r.response.leave();
        return NEVER;
      });
      const r = reader(withSignal(leaving, signals, 10));
      const seen: unknown[] = [];
      for (const at of [9, 11]) timer(at).subscribe(() => seen.push(signals[0]?.aborted));
      flush();
      expect(seen).to.deep.equal([false, true]);
      expect(r.listeners).to.equal(0);
    }),
  );

  it(
    'ends with the connection where the handler gave no stream of its own',
    marbles(({ reader, flush }) => {
      const signals: AbortSignal[] = [];
      reader(withSignal(EMPTY, signals, 0));
      flush();
      expect(signals[0]?.aborted).to.equal(true);
    }),
  );
});
