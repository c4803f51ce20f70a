import { expect } from 'chai';
import { catchError, lastValueFrom, NEVER, of, throwError } from 'rxjs';
import type { ReconnectOptions } from '../../lib/client/Backoff.ts';
import type { ConnectionStatus } from '../../lib/client/ConnectionStatus.ts';
import { fromSse } from '../../lib/client/fromSse.ts';
import type { ConnectionError } from '../../lib/error/ConnectionError.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { Ticks } from '../http/ticks.ts';
import { type ScriptedResponse, scriptedFetch } from './scriptedFetch.ts';

const texts: Record<string, string> = {
  a: 'id: 1\nevent: tick\ndata: 1\n\n',
  b: 'id: 2\nevent: tick\ndata: 2\n\n',
  r: 'retry: 10\n\n',
  e: 'event: rxsse.end\ndata: null\n\n',
};
const values = { a: Ticks.Tick(1), b: Ticks.Tick(2) };

/** Returns the delays of a client whose connection is lost again and again. */
function delaysOf(
  responses: readonly (ScriptedResponse | undefined)[],
  backoff: ReconnectOptions,
  strictEventSource = false,
): number[] {
  const delays: number[] = [];
  const { fetch } = scriptedFetch(...responses);
  const statusObserver = {
    next: (status: ConnectionStatus) => {
      if (status.state === 'retrying') delays.push(status.delay);
    },
  };
  fromSse('x:', Ticks, { fetch, backoff, strictEventSource, statusObserver, onError: () => {} }).subscribe({
    error: () => {},
  });
  return delays;
}

describe('the backoff of fromSse', () => {
  it(
    'reconnects after a wait, and resumes',
    marbles(({ cold, expectObservable, flush }) => {
      const first = cold(' -a-#', texts);
      const second = cold('-b-e', texts);
      const { fetch, requests } = scriptedFetch({ body: first }, { body: second });
      // Each wait is at least 1 ms, which is also the bound here.
      const stream = fromSse('x:', Ticks, { fetch, backoff: { initialDelay: 1, maxDelay: 1 } });
      expectObservable(stream).toBe('-a---b-|', values);
      flush();
      expect(requests.map(({ at, lastEventId }) => [at, lastEventId])).to.deep.equal([
        [0, null],
        [4, '1'],
      ]);
    }),
  );

  it(
    'waits for a random time up to a bound that doubles up to maxDelay',
    marbles(({ flush }) => {
      const delays = delaysOf([], { initialDelay: 8, maxDelay: 100, maxAttempts: 12 });
      flush();
      expect(delays).to.have.length(12);
      const bounds = [8, 16, 32, 64, ...Array(8).fill(100)];
      delays.forEach((delay, index) => {
        expect(delay).to.be.within(1, bounds[index] ?? 0);
      });
      expect(new Set(delays.slice(4)).size).to.be.above(4);
    }),
  );

  it(
    'waits at least as long as the server has sent, and after a first failure at most twice as long',
    marbles(({ flush }) => {
      const delays = delaysOf([{ body: of('retry: 50\n\n') }], { initialDelay: 200, maxDelay: 400, maxAttempts: 4 });
      flush();
      const bounds = [100, 450, 450, 450];
      delays.forEach((delay, index) => {
        expect(delay).to.be.within(50, bounds[index] ?? 0);
      });
      expect(delays).to.have.length(4);
    }),
  );

  it(
    'prefers the Retry-After of a response, in seconds or as a date, for one wait',
    marbles(({ flush }) => {
      const busy = (after: string): ScriptedResponse => ({
        status: 503,
        headers: { 'retry-after': after },
        body: NEVER,
      });
      const responses = [busy('3'), busy(new Date(5000).toUTCString()), busy('soon'), undefined];
      const delays = delaysOf(responses, { initialDelay: 1, maxDelay: 1, maxAttempts: 4 });
      flush();
      expect(delays[0]).to.be.within(3000, 3001);
      // The second response was sent after 3 s.
      expect(delays[1]).to.be.within(1998, 2001);
      expect(delays.slice(2)).to.deep.equal([1, 1]);
    }),
  );

  it(
    'waits exactly as an EventSource does if the client is strict',
    marbles(
      ({ flush }) => {
        const delays = delaysOf([{ body: of('data: 1\n\n') }, { body: of('retry: 20\n') }], { maxAttempts: 4 }, true);
        flush();
        expect(delays).to.deep.equal([3000, 20, 20, 20]);
      },
      { until: '20s' },
    ),
  );

  it(
    'counts failures from 0 after a stable connection',
    marbles(({ cold, flush }) => {
      const attempts: number[] = [];
      const stable = () => ({ body: cold('---------#') });
      const short = () => ({ body: cold('-#') });
      const { fetch } = scriptedFetch(undefined, short(), stable(), short(), undefined);
      const statusObserver = {
        next: (status: ConnectionStatus) => {
          if (status.state === 'retrying') attempts.push(status.attempt);
        },
      };
      const backoff = { initialDelay: 1, maxDelay: 1, resetAfter: 5, maxAttempts: 3 };
      fromSse('x:', Ticks, { fetch, statusObserver, backoff }).subscribe({ error: () => {} });
      flush();
      expect(attempts).to.deep.equal([1, 2, 1, 2, 3]);
    }),
  );

  it(
    'errors instead of starting a wait beyond maxElapsed',
    marbles(({ expectObservable }) => {
      const { fetch } = scriptedFetch();
      const stream = fromSse('x:', Ticks, { fetch, strictEventSource: true, backoff: { maxElapsed: 7000 } });
      const reason = catchError((error: ConnectionError) => throwError(() => error.reason));
      expectObservable(stream.pipe(reason)).toBe('6s #', undefined, 'unreachable');
    }),
  );

  it('throws for an option out of range, with the range in the message', () => {
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
    expect(() => fromSse('/', Ticks, { maxLineBytes: 0 })).to.throw(
      RangeError,
      'fromSse: maxLineBytes must be above 0 bytes, got 0',
    );
    expect(() => fromSse('/', Ticks, { maxEventBytes: Number.NaN })).to.throw(
      RangeError,
      'fromSse: maxEventBytes must be above 0 bytes, got NaN',
    );
    expect(() => fromSse('/', {} as typeof Ticks)).to.throw(
      TypeError,
      'fromSse: contract must be made by events(...), got object',
    );
  });
});

describe('the status of fromSse', () => {
  it("has the headers with the state 'open'", () => {
    const { fetch } = scriptedFetch({ headers: { 'x-request-id': 'r9' }, body: of('') });
    const ids: unknown[] = [];
    const next = (status: ConnectionStatus) => {
      if (status.state === 'open') ids.push(status.headers?.get('x-request-id'));
    };
    fromSse('x:', Ticks, { fetch, statusObserver: { next }, endOfResponse: 'complete' }).subscribe();
    expect(ids).to.deep.equal(['r9']);
  });

  const json = { status: 400, headers: { 'content-type': 'application/problem+json' } };
  const problemOf = catchError((error: ConnectionError) => of([error.reason, error.problem]));

  for (const [bytes, isRead] of [
    [65_536, true],
    [65_537, false],
  ] as const) {
    it(`has ${isRead ? 'the' : 'no'} problem of ${bytes} bytes, in two chunks`, async () => {
      const text = JSON.stringify('x'.repeat(bytes - 2));
      const { fetch } = scriptedFetch({ ...json, body: of(text.slice(0, 40_000), text.slice(40_000)) });
      const stream = fromSse('x:', Ticks, { fetch }).pipe(problemOf);
      expect(await lastValueFrom(stream)).to.deep.equal(['status', isRead ? JSON.parse(text) : undefined]);
    });
  }

  it(
    'has no problem of a body that takes longer than 5 s, although bytes are received',
    marbles(({ cold, expectObservable }) => {
      const parts = { o: '{"a"', p: ':', q: '1}' };
      const inTime = scriptedFetch({ ...json, body: cold('o 3s p 1900ms (q|)', parts) });
      const late = scriptedFetch({ ...json, body: cold('o 3s p 2s (q|)', parts) });
      const seen = { y: ['status', { a: 1 }], n: ['status', undefined] };
      expectObservable(fromSse('x:', Ticks, { fetch: inTime.fetch }).pipe(problemOf)).toBe('4902ms (y|)', seen);
      expectObservable(fromSse('x:', Ticks, { fetch: late.fetch }).pipe(problemOf)).toBe('5s (n|)', seen);
    }),
  );
});

describe('reconnectOn of fromSse', () => {
  const slow = { initialDelay: 60_000, maxDelay: 60_000 };

  it(
    'ends a wait and replaces a connection at each notification',
    marbles(({ cold, expectObservable, flush }) => {
      const first = cold('-a', texts);
      const third = cold('-b-e', texts);
      const { fetch, requests } = scriptedFetch({ body: first }, undefined, { body: third });
      const reconnectOn = cold('---n--n');
      expectObservable(fromSse('x:', Ticks, { fetch, reconnectOn, backoff: slow })).toBe('-a-----b-|', values);
      flush();
      expect(requests.map(({ at, lastEventId }) => [at, lastEventId])).to.deep.equal([
        [0, null],
        [3, '1'],
        [6, '1'],
      ]);
      expect(requests[0]?.signal.aborted).to.equal(true);
    }),
  );

  it(
    'disconnects from a server that does not answer for 30 s',
    marbles(
      ({ expectObservable }) => {
        const { fetch } = scriptedFetch({});
        const reason = catchError((error: ConnectionError) => throwError(() => error.reason));
        const stream = fromSse('x:', Ticks, { fetch, backoff: { maxAttempts: 0 } });
        expectObservable(stream.pipe(reason)).toBe('30s #', undefined, 'silent');
      },
      { until: '31s' },
    ),
  );

  it(
    'counts a failure after a delivered event as the first one',
    marbles(({ cold, flush }) => {
      const attempts: number[] = [];
      const one = () => ({ body: cold('a#', { a: 'event: tick\ndata: 1\n\n' }) });
      const { fetch } = scriptedFetch(one(), one(), one(), undefined);
      const statusObserver = {
        next: (status: ConnectionStatus) => {
          if (status.state === 'retrying') attempts.push(status.attempt);
        },
      };
      const backoff = { initialDelay: 1, maxDelay: 1, maxAttempts: 1 };
      fromSse('x:', Ticks, { fetch, statusObserver, backoff }).subscribe({ error: () => {} });
      flush();
      expect(attempts).to.deep.equal([1, 1, 1]);
    }),
  );
});

describe("the browser's own signals", () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const windowEvents = new EventTarget();
  const fakes = {
    document: page,
    addEventListener: windowEvents.addEventListener.bind(windowEvents),
    removeEventListener: windowEvents.removeEventListener.bind(windowEvents),
  };
  before(() => {
    for (const [name, value] of Object.entries(fakes)) {
      Object.defineProperty(globalThis, name, { value, configurable: true });
    }
  });
  after(() => {
    for (const name of Object.keys(fakes)) Reflect.deleteProperty(globalThis, name);
  });

  const signal: Readonly<Record<string, () => void>> = {
    o: () => void windowEvents.dispatchEvent(new Event('online')),
    r: () => void page.dispatchEvent(new Event('resume')),
    v: () => {
      page.visibilityState = 'visible';
      page.dispatchEvent(new Event('visibilitychange'));
    },
    h: () => {
      page.visibilityState = 'hidden';
      page.dispatchEvent(new Event('visibilitychange'));
    },
  };
  const slow = { initialDelay: 60_000, maxDelay: 60_000 };

  for (const [what, script, connected] of [
    ['ends a wait when the browser is online again', '---o', 3],
    ['ends a wait when the page is shown again, and not when it is hidden', '-h-v', 3],
  ] as const) {
    it(
      what,
      marbles(({ cold, expectObservable, flush }) => {
        const { fetch, requests } = scriptedFetch(undefined, { body: cold('-b-e', texts) });
        cold(script).subscribe((letter) => signal[letter]?.());
        expectObservable(fromSse('x:', Ticks, { fetch, backoff: slow })).toBe('----b-|', values);
        flush();
        expect(requests.map(({ at }) => at)).to.deep.equal([0, connected]);
      }),
    );
  }

  it(
    'replace the connection of a page that was frozen, also with reconnectOn',
    marbles(({ cold, expectObservable, flush }) => {
      const { fetch, requests } = scriptedFetch({ body: cold('-a', texts) }, { body: cold('-b-e', texts) });
      cold('---r----r').subscribe((letter) => signal[letter]?.());
      expectObservable(fromSse('x:', Ticks, { fetch, reconnectOn: NEVER })).toBe('-a--b-|', values);
      flush();
      expect(requests.map(({ at, signal }) => [at, signal.aborted])).to.deep.equal([
        [0, true],
        [3, true],
      ]);
    }),
  );

  it(
    'end no wait of a page that was frozen with reconnectOn',
    marbles(({ cold, flush }) => {
      const { fetch, requests } = scriptedFetch(undefined);
      cold('---r').subscribe((letter) => signal[letter]?.());
      const waiting = fromSse('x:', Ticks, { fetch, reconnectOn: NEVER, backoff: slow }).subscribe();
      cold('-----u').subscribe(() => waiting.unsubscribe());
      flush();
      expect(requests).to.have.length(1);
    }),
  );

  it(
    'leave the request of a page that was frozen alone if it may not be repeated',
    marbles(({ cold, expectObservable, flush }) => {
      const { fetch, requests } = scriptedFetch({ body: cold('-a---e', texts) });
      cold('---r').subscribe((letter) => signal[letter]?.());
      expectObservable(fromSse('x:', Ticks, { fetch, method: 'POST' })).toBe('-a---|', values);
      flush();
      expect(requests).to.have.length(1);
    }),
  );

  it(
    'replace no connection, and have no listener with reconnectOn',
    marbles(({ cold, flush }) => {
      const connected = scriptedFetch({ body: cold('-a', texts) });
      const waiting = scriptedFetch(undefined);
      cold('--o-h-v-o').subscribe((letter) => signal[letter]?.());
      const subscriptions = [
        fromSse('x:', Ticks, { fetch: connected.fetch }).subscribe(),
        fromSse('x:', Ticks, { fetch: waiting.fetch, reconnectOn: NEVER, backoff: slow }).subscribe(),
      ];
      cold('----------u').subscribe(() => {
        expect(connected.requests[0]?.signal.aborted).to.equal(false);
        for (const subscription of subscriptions) subscription.unsubscribe();
      });
      flush();
      expect([connected.requests.length, waiting.requests.length]).to.deep.equal([1, 1]);
    }),
  );
});

describe('the idle timeout of fromSse', () => {
  const announcing = (body: ScriptedResponse['body'] & object): ScriptedResponse => ({
    body,
    headers: { 'rxsse-heartbeat': '10' },
  });
  const recordReasons = (reasons: string[]) => ({
    next: (status: ConnectionStatus) => {
      if (status.state === 'retrying') reasons.push(status.error.reason);
    },
  });

  it(
    'reconnects after clearly more silence than the server announces',
    marbles(({ cold, expectObservable, flush }) => {
      const first = cold(' 5ms a 10s -', texts);
      const second = cold('-b-e', texts);
      const { fetch, requests } = scriptedFetch(announcing(first), { body: second });
      const reasons: string[] = [];
      const stream = fromSse('x:', Ticks, {
        fetch,
        statusObserver: recordReasons(reasons),
        backoff: { initialDelay: 1, maxDelay: 1 },
      });
      // Twice the 10 ms and 1 s after the last byte, and a wait of 1 ms.
      expectObservable(stream).toBe('5ms a 1020ms -b-|', values);
      flush();
      expect(reasons).to.deep.equal(['silent']);
      expect(requests[0]?.signal.aborted).to.equal(true);
    }),
  );

  it(
    'starts again with every byte',
    marbles(({ cold, expectObservable }) => {
      const comments = cold('600ms c 600ms c 600ms c 600ms e', { ...texts, c: ':\n' });
      const { fetch } = scriptedFetch(announcing(comments));
      expectObservable(fromSse('x:', Ticks, { fetch })).toBe('2403ms |');
    }),
  );

  it(
    'is that of the options if they have one, also before the head',
    marbles(({ cold, expectObservable, flush }) => {
      const { fetch, requests } = scriptedFetch({}, announcing(cold('-------a', texts)), { body: cold('e', texts) });
      const stream = fromSse('x:', Ticks, { fetch, idleTimeout: 5, backoff: { initialDelay: 1, maxDelay: 1 } });
      expectObservable(stream).toBe('------------|');
      flush();
      expect(requests.map(({ at }) => at)).to.deep.equal([0, 6, 12]);
    }),
  );

  it(
    'is infinite if the server announces no heartbeat, or with idleTimeout: Infinity',
    marbles(({ cold, expectObservable }) => {
      const silent = () => cold('9s e', texts);
      const other = scriptedFetch({ body: silent() });
      expectObservable(fromSse('x:', Ticks, { fetch: other.fetch })).toBe('9s |');
      const patient = scriptedFetch(announcing(silent()));
      expectObservable(fromSse('x:', Ticks, { fetch: patient.fetch, idleTimeout: Infinity })).toBe('9s |');
    }),
  );

  it(
    'leaves no timer when the subscriber unsubscribes',
    marbles(({ cold, expectObservable }) => {
      const { fetch } = scriptedFetch(announcing(cold('-a', texts)));
      expectObservable(fromSse('x:', Ticks, { fetch }), '--!').toBe('-a', values);
    }),
  );
});
