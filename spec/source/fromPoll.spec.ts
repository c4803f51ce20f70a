import { expect } from 'chai';
import { EMPTY, NEVER, type Observable, of, throwError } from 'rxjs';
import { ConnectionError } from '../../lib/error/ConnectionError.ts';
import { type FromPollOptions, fromPoll, type PollRequest } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';

/** Returns a poll that returns the values one after the other and then the last one again, and the arguments of its calls. */
function answers<T>(...made: Observable<T>[]) {
  const requests: PollRequest<unknown>[] = [];
  const poll = (request: PollRequest<unknown>): Observable<T> => {
    requests.push(request);
    return made[Math.min(requests.length, made.length) - 1] ?? NEVER;
  };
  return { poll, requests };
}

const no = throwError(() => 'no');

describe('fromPoll', () => {
  it(
    'polls at once, and again an interval after each result',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer = cold('  --a|                ');
      const unsub = '        ^---------------!   ';
      const subs = ['        ^--!', '------^--!', '------------^--!'];
      const expected = '     --a-----a-----a---  ';

      expectObservable(
        fromPoll(() => answer, { interval: 3 }),
        unsub,
      ).toBe(expected);
      expectSubscriptions(answer.subscriptions).toBe(subs);
    }),
  );

  it(
    'runs one poll at a time, also a slow one',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const slow = cold('    ---------a|       ');
      const unsub = '        ^---------------! ';
      const subs = ['        ^---------!', '------------^---!'];
      const expected = '     ---------a------- ';

      expectObservable(
        fromPoll(() => slow, { interval: 2 }),
        unsub,
      ).toBe(expected);
      expectSubscriptions(slow.subscriptions).toBe(subs);
    }),
  );

  it(
    'ends the poll and aborts its signal, or the wait, when it is unsubscribed from',
    marbles(({ cold, expectObservable, flush }) => {
      const silent = answers(cold<string>('-'));
      const quick = answers(of('a'));

      expectObservable(fromPoll(silent.poll, { interval: 3 }), '^---!').toBe('-----');
      expectObservable(fromPoll(quick.poll, { interval: 9 }), '^---!').toBe('a----');
      flush();
      expect(silent.requests.map(({ signal }) => signal.aborted)).to.deep.equal([true]);
      expect(quick.requests.length).to.equal(1);
    }),
  );

  it(
    'aborts the signal of a poll that has ended',
    marbles(({ expectObservable, flush }) => {
      const { poll, requests } = answers(of('a'), no, EMPTY, NEVER);
      expectObservable(fromPoll(poll, { interval: 1, maxDelay: 1 }), '^-----!').toBe('a------');
      flush();
      expect(requests.map(({ signal }) => signal.aborted)).to.deep.equal([true, true, true, true]);
    }),
  );

  it(
    'passes the last value to the next poll',
    marbles(({ expectObservable }) => {
      const next = ({ last = 0 }: PollRequest<number>): Observable<number> => (last === 2 ? EMPTY : of(last + 1));
      expectObservable(fromPoll(next, { interval: 2 }), '^------!').toBe('a-b', { a: 1, b: 2 });
    }),
  );

  it(
    'waits a random time after a failure, below a bound that doubles with each in a row',
    marbles(({ expectObservable, flush }) => {
      const waits: number[] = [];
      const { poll } = answers(no);
      const options: FromPollOptions = { interval: 100, maxDelay: 1000, onFailure: (_, wait) => waits.push(wait) };
      expectObservable(fromPoll(poll, options), '^ 9s !').toBe('-');
      flush();
      const bounds = [200, 400, 800, 1000, 1000];
      expect(waits.length).to.be.above(bounds.length);
      for (const [index, wait] of waits.entries()) expect(wait).to.be.within(1, bounds[index] ?? 1000);
      // The waits are random in the whole range: some are in its lower half, and some in the upper.
      expect(waits.some((wait, index) => wait <= (bounds[index] ?? 1000) / 2)).to.equal(true);
      expect(waits.some((wait, index) => wait > (bounds[index] ?? 1000) / 2)).to.equal(true);
    }),
  );

  it(
    'resets the count of failures after a result, and errors after maxAttempts',
    marbles(({ cold, expectObservable }) => {
      const failures: unknown[] = [];
      const { poll } = answers<string>(no, cold('a|'), no, no, cold('#', undefined, 'last'));
      const polled = fromPoll(poll, {
        interval: 1,
        maxDelay: 1,
        maxAttempts: 2,
        onFailure: (error) => failures.push(error),
      });
      expectObservable(polled).toBe('-a---#', undefined, 'last');
    }),
  );

  it(
    'errors with the first failure when maxAttempts is 0, and with what `onFailure` throws',
    marbles(({ expectObservable }) => {
      const { poll } = answers(no);
      const refuse = (): void => {
        throw 'stop';
      };
      expectObservable(fromPoll(poll, { interval: 1, maxAttempts: 0 })).toBe('#', undefined, 'no');
      expectObservable(fromPoll(poll, { interval: 1, onFailure: refuse })).toBe('#', undefined, 'stop');
    }),
  );

  it(
    'treats a thrown error and a poll without a result in time as failures',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const names: unknown[] = [];
      const onFailure = (error: unknown) => names.push(error instanceof Error ? error.name : error);
      const silent = cold<string>('a-----');
      const subs = ['             -^--!'];
      let polls = 0;
      const poll = (): Observable<string> => {
        if (polls++ === 0) throw 'thrown';
        return polls === 2 ? silent : NEVER;
      };
      expectObservable(fromPoll(poll, { interval: 1, maxDelay: 1, idleTimeout: 3, onFailure }), '^----!').toBe(
        '-a----',
      );
      expectSubscriptions(silent.subscriptions).toBe(subs);
      flush();
      expect(names).to.deep.equal(['thrown', 'TimeoutError']);
    }),
  );

  it(
    'waits at least as long as Retry-After, and at most maxDelay',
    marbles(({ expectObservable, flush }) => {
      const waits: number[] = [];
      const { poll } = answers<string>(
        throwError(() => new ConnectionError('status', 'refused', { status: 503, retryAfter: 700 })),
        of('a'),
        throwError(() => new ConnectionError('status', 'refused', { status: 429, retryAfter: 5000 })),
        NEVER,
      );
      const options: FromPollOptions = {
        interval: 10,
        maxDelay: 900,
        idleTimeout: Infinity,
        onFailure: (_, wait) => waits.push(wait),
      };
      expectObservable(fromPoll(poll, options), '^ 5s !').toBe('700ms a');
      flush();
      expect(waits).to.deep.equal([700, 900]);
    }),
  );

  it(
    'randomizes a share of each wait with jitter',
    marbles(({ expectObservable, flush }) => {
      const [whole, shared] = [answers(EMPTY), answers(EMPTY)];
      expectObservable(fromPoll(whole.poll, { interval: 100 }), '^ 5s !').toBe('-');
      expectObservable(fromPoll(shared.poll, { interval: 100, jitter: 0.5 }), '^ 5s !').toBe('-');
      flush();
      // 5 s are 50 whole waits, or 100 at their shortest.
      expect(whole.requests.length).to.equal(51);
      expect(shared.requests.length).to.be.within(55, 95);
    }),
  );

  it(
    'polls for each subscriber separately',
    marbles(({ expectObservable }) => {
      let polls = 0;
      const polled = fromPoll(() => of(String(polls++)), { interval: 4 });
      expectObservable(polled, '^---!').toBe('0');
      expectObservable(polled, '-^--!').toBe('-1');
    }),
  );

  for (const [option, bad] of Object.entries({
    interval: [0, -1, Number.NaN, Infinity, 2 ** 31],
    jitter: [-0.1, 1.1, Number.NaN],
    idleTimeout: [0, Number.NaN, 2 ** 31],
    maxDelay: [9, Number.NaN, Infinity],
    maxAttempts: [-1, Number.NaN],
  })) {
    it(`throws a RangeError at once for ${option} out of range`, () => {
      for (const value of bad) {
        expect(() => fromPoll(() => NEVER, { interval: 10, [option]: value })).to.throw(
          RangeError,
          `fromPoll: ${option}`,
        );
      }
    });
  }
});
