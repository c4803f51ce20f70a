import { expect } from 'chai';
import { catchError, NEVER, of, throwError } from 'rxjs';
import { fromSse } from '../../lib/client/fromSse.ts';
import type { ReconnectOptions } from '../../lib/client/RetryOptions.ts';
import type { ConnectionStatus } from '../../lib/client/Status.ts';
import type { ConnectionError } from '../../lib/error/ConnectionError.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { Ticks } from '../http/ticks.ts';
import { type Scripted, scriptedFetch } from './scriptedFetch.ts';

const texts: Record<string, string> = {
  a: 'id: 1\nevent: tick\ndata: 1\n\n',
  b: 'id: 2\nevent: tick\ndata: 2\n\n',
  r: 'retry: 10\n\n',
  e: 'event: rxsse.end\ndata: null\n\n',
};
const values = { a: Ticks.Tick(1), b: Ticks.Tick(2) };

/** The waits of a client that is lost again and again, and what they were within. */
function waitsOf(answers: readonly (Scripted | undefined)[], retry: ReconnectOptions, exact = false): number[] {
  const waits: number[] = [];
  const { fetch } = scriptedFetch(...answers);
  const status = {
    next: (said: ConnectionStatus) => {
      if (said.state === 'retrying') waits.push(said.delay);
    },
  };
  fromSse('x:', Ticks, { fetch, backoff: retry, strictEventSource: exact, statusObserver: status }).subscribe({
    error: () => {},
  });
  return waits;
}

describe('fromSse, in time,', () => {
  it(
    'comes back after a wait, and goes on',
    marbles(({ cold, expectObservable, flush }) => {
      const first = cold(' -a-#', texts);
      const second = cold('-b-e', texts);
      const { fetch, made } = scriptedFetch({ body: first }, { body: second });
      // 1 ms is the longest wait, and every wait takes at least as long.
      const stream = fromSse('x:', Ticks, { fetch, backoff: { initialDelay: 1, maxDelay: 1 } });
      expectObservable(stream).toBe('-a---b-|', values);
      flush();
      expect(made.map(({ at, lastEventId }) => [at, lastEventId])).to.deep.equal([
        [0, null],
        [4, '1'],
      ]);
    }),
  );

  it(
    'waits for a random time up to a bound that doubles, and that has a bound itself',
    marbles(({ flush }) => {
      const waits = waitsOf([], { initialDelay: 8, maxDelay: 100, maxAttempts: 12 });
      flush();
      expect(waits).to.have.length(12);
      const bounds = [8, 16, 32, 64, ...Array(8).fill(100)];
      waits.forEach((wait, index) => {
        expect(wait).to.be.within(1, bounds[index] ?? 0);
      });
      expect(new Set(waits.slice(4)).size).to.be.above(4);
    }),
  );

  it(
    'waits in full for what the server asked for, and at first no more than as much again',
    marbles(({ flush }) => {
      const waits = waitsOf([{ body: of('retry: 50\n\n') }], { initialDelay: 200, maxDelay: 400, maxAttempts: 4 });
      flush();
      const bounds = [100, 450, 450, 450];
      waits.forEach((wait, index) => {
        expect(wait).to.be.within(50, bounds[index] ?? 0);
      });
      expect(waits).to.have.length(4);
    }),
  );

  it(
    'prefers what the answer asks for by Retry-After, in seconds or as a date, for this once',
    marbles(({ flush }) => {
      const asking = (after: string): Scripted => ({ status: 503, headers: { 'retry-after': after }, body: NEVER });
      const answers = [asking('3'), asking(new Date(5000).toUTCString()), asking('soon'), undefined];
      const waits = waitsOf(answers, { initialDelay: 1, maxDelay: 1, maxAttempts: 4 });
      flush();
      expect(waits[0]).to.be.within(3000, 3001);
      // The second answer came when 3 s had passed.
      expect(waits[1]).to.be.within(1998, 2001);
      expect(waits.slice(2)).to.deep.equal([1, 1]);
    }),
  );

  it(
    'waits exactly as an EventSource where it is to be one',
    marbles(
      ({ flush }) => {
        const waits = waitsOf([{ body: of('data: 1\n\n') }, { body: of('retry: 20\n') }], { maxAttempts: 4 }, true);
        flush();
        expect(waits).to.deep.equal([3000, 20, 20, 20]);
      },
      { until: '20s' },
    ),
  );

  it(
    'counts anew when the line was stable',
    marbles(({ cold, flush }) => {
      const attempts: number[] = [];
      const stable = () => ({ body: cold('---------#') });
      const short = () => ({ body: cold('-#') });
      const { fetch } = scriptedFetch(undefined, short(), stable(), short(), undefined);
      const status = {
        next: (said: ConnectionStatus) => {
          if (said.state === 'retrying') attempts.push(said.attempt);
        },
      };
      const backoff = { initialDelay: 1, maxDelay: 1, resetAfter: 5, maxAttempts: 3 };
      fromSse('x:', Ticks, { fetch, statusObserver: status, backoff }).subscribe({ error: () => {} });
      flush();
      expect(attempts).to.deep.equal([1, 2, 1, 2, 3]);
    }),
  );

  it(
    'begins no wait that would go beyond the time that it may be lost for',
    marbles(({ expectObservable }) => {
      const { fetch } = scriptedFetch();
      const stream = fromSse('x:', Ticks, { fetch, strictEventSource: true, backoff: { maxElapsed: 7000 } });
      const reason = catchError((error: ConnectionError) => throwError(() => error.reason));
      expectObservable(stream.pipe(reason)).toBe('6s #', undefined, 'unreachable');
    }),
  );

  it('refuses options that are out of range at once', () => {
    const mistakes: readonly (readonly [options: ReconnectOptions, message: string])[] = [
      [{ initialDelay: 0 }, 'initialDelay must be above 0 ms, got 0'],
      [{ initialDelay: 10, maxDelay: 5 }, 'maxDelay must be from 10 to 2147483647 ms, got 5'],
      [{ maxDelay: 2 ** 31 }, 'maxDelay must be from 1000 to 2147483647 ms, got 2147483648'],
      [{ resetAfter: -1 }, 'resetAfter must be at least 0 ms, got -1'],
      [{ maxAttempts: Number.NaN }, 'maxAttempts must be at least 0, got NaN'],
      [{ maxElapsed: -1 }, 'maxElapsed must be at least 0 ms, got -1'],
    ];
    for (const [backoff, message] of mistakes) {
      expect(() => fromSse('/', Ticks, { backoff })).to.throw(RangeError, `fromSse: backoff.${message}`);
    }
    expect(() => fromSse('/', Ticks, { idleTimeout: 0 })).to.throw(
      RangeError,
      'fromSse: idleTimeout must be above 0 ms, got 0',
    );
    expect(() => fromSse('/', Ticks, { maxLineBytes: 0 })).to.throw(RangeError);
    expect(() => fromSse('/', {} as typeof Ticks)).to.throw(TypeError, 'expected a contract');
  });
});

describe('fromSse, on a silent line,', () => {
  const announcing = (body: Scripted['body'] & object): Scripted => ({ body, headers: { 'rxsse-liveness': '10' } });
  const lost = (why: string[]) => ({
    next: (said: ConnectionStatus) => {
      if (said.state === 'retrying') why.push(said.error.reason);
    },
  });

  it(
    'makes it anew when it is silent for clearly longer than is announced',
    marbles(({ cold, expectObservable, flush }) => {
      const first = cold(' 5ms a 10s -', texts);
      const second = cold('-b-e', texts);
      const { fetch, made } = scriptedFetch(announcing(first), { body: second });
      const why: string[] = [];
      const stream = fromSse('x:', Ticks, {
        fetch,
        statusObserver: lost(why),
        backoff: { initialDelay: 1, maxDelay: 1 },
      });
      // Twice the 10 ms and a second after the last byte, and 1 ms of waiting.
      expectObservable(stream).toBe('5ms a 1020ms -b-|', values);
      flush();
      expect(why).to.deep.equal(['silent']);
      expect(made[0]?.signal.aborted).to.equal(true);
    }),
  );

  it(
    'takes any byte for a sign of life',
    marbles(({ cold, expectObservable }) => {
      const beats = cold('600ms c 600ms c 600ms c 600ms e', { ...texts, c: ':\n' });
      const { fetch } = scriptedFetch(announcing(beats));
      expectObservable(fromSse('x:', Ticks, { fetch })).toBe('2403ms |');
    }),
  );

  it(
    'goes by what the user says where he does, also before the head',
    marbles(({ cold, expectObservable, flush }) => {
      const { fetch, made } = scriptedFetch({}, announcing(cold('-------a', texts)), { body: cold('e', texts) });
      const stream = fromSse('x:', Ticks, { fetch, idleTimeout: 5, backoff: { initialDelay: 1, maxDelay: 1 } });
      expectObservable(stream).toBe('------------|');
      flush();
      expect(made.map(({ at }) => at)).to.deep.equal([0, 6, 12]);
    }),
  );

  it(
    'waits for ever where nothing is announced, or that is asked for',
    marbles(({ cold, expectObservable }) => {
      const quiet = () => cold('9s e', texts);
      const plain = scriptedFetch({ body: quiet() });
      expectObservable(fromSse('x:', Ticks, { fetch: plain.fetch })).toBe('9s |');
      const patient = scriptedFetch(announcing(quiet()));
      expectObservable(fromSse('x:', Ticks, { fetch: patient.fetch, idleTimeout: Infinity })).toBe('9s |');
    }),
  );

  it(
    'keeps no timer when it is left',
    marbles(({ cold, expectObservable }) => {
      const { fetch } = scriptedFetch(announcing(cold('-a', texts)));
      expectObservable(fromSse('x:', Ticks, { fetch }), '--!').toBe('-a', values);
    }),
  );
});
