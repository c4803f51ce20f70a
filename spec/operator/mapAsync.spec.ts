import { expect } from 'chai';
import { of, Subject, take } from 'rxjs';
import { operatorQueueFull } from '../../lib/error/LimitError.ts';
import type { Entry, Gap } from '../../lib/index.ts';
import { mapAsync } from '../../lib/operator/mapAsync.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { failing, later } from '../support/later.ts';
import { entryAt, gapAt, type Order, paid, positionAt, shipped } from './sample.ts';

/** The duration of the call for each letter, in ms; any other call fails after 2 ms. */
const takes: Readonly<Record<string, number>> = { a: 4, b: 2, c: 4, d: 1 };
const work = (letter: string, signal: AbortSignal) => {
  const ms = takes[letter];
  return ms === undefined ? failing(2, `no ${letter}`, signal) : later(ms, letter.toUpperCase(), signal);
};

describe('mapAsync', () => {
  it(
    'calls a limited number at a time, and emits the results in order',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-bc----------|');
      const subs = '      ^--------------!';
      const expected = '  -----(AB)C-----|';

      expectObservable(source.pipe(mapAsync(work, { concurrency: 2 }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'calls one after the other with 1, and all at once with Infinity',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('abd-------|').pipe(mapAsync(work, { concurrency: 1 }))).toBe('----A-BD--|');
      expectObservable(hot('abd-------|').pipe(mapAsync(work, { concurrency: Infinity }))).toBe('----(ABD)-|');
    }),
  );

  it(
    'completes with the last result',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('ab|').pipe(mapAsync(work, { concurrency: 2 }))).toBe('----(AB|)');
    }),
  );

  it(
    'errors in the order of the failed call, and starts no more calls',
    marbles(({ hot, flush, expectObservable, expectSubscriptions }) => {
      const called: string[] = [];
      const counted = (letter: string, signal: AbortSignal) => {
        called.push(letter);
        return work(letter, signal);
      };
      const source = hot('axbd-d-');
      const subs = '      ^---!';
      const expected = '  ----(A#)';
      expectObservable(source.pipe(mapAsync(counted, { concurrency: 2 }))).toBe(expected, undefined, 'no x');
      expectSubscriptions(source.subscriptions).toBe(subs);
      flush();
      expect(called).to.deep.equal(['a', 'x']);
    }),
  );

  it(
    'errors at once with a source that fails',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a-#').pipe(mapAsync(work, { concurrency: 2 }))).toBe('--#');
    }),
  );

  it(
    'errors in order when a call throws, and when it resolves to undefined',
    marbles(({ hot, expectObservable }) => {
      const throwing = (letter: string, signal: AbortSignal) => {
        if (letter === 't') throw new Error('no');
        return work(letter, signal);
      };
      expectObservable(hot('at').pipe(mapAsync(throwing, { concurrency: 2 }))).toBe(
        '----(A#)',
        undefined,
        new Error('no'),
      );
      const why = new TypeError(
        'mapAsync: the promise of project must resolve to a value, got undefined; use filterEvents to leave an event out',
      );
      expectObservable(hot('a').pipe(mapAsync(() => later(2, undefined as never), { concurrency: 2 }))).toBe(
        '--#',
        undefined,
        why,
      );
    }),
  );

  it(
    'emits null like any other result',
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a-|').pipe(mapAsync(() => later(1, null), { concurrency: 1 }))).toBe('-n|', { n: null });
    }),
  );

  it(
    'emits the first result of a thenable that settles several times',
    marbles(({ hot, expectObservable }) => {
      const twice = (letter: string) => ({
        // biome-ignore lint/suspicious/noThenProperty: the spec tests a promise of another library.
        then: (resolve: (value: string) => void, reject: (error: unknown) => void) => {
          resolve(letter);
          resolve('again');
          reject('no');
        },
      });
      const foreign = twice as unknown as (letter: string) => PromiseLike<string>;
      expectObservable(hot('ab|').pipe(mapAsync(foreign, { concurrency: 1 }))).toBe('ab|');
    }),
  );

  it(
    'errors when more than maxQueued events are held',
    marbles(({ hot, expectObservable }) => {
      const error = operatorQueueFull('mapAsync', 2);
      expectObservable(hot('abb').pipe(mapAsync(work, { concurrency: 1, maxQueued: 2 }))).toBe('--#', undefined, error);
    }),
  );

  it('holds 10000 events by default', () => {
    const source = new Subject<number>();
    const failures: unknown[] = [];
    const never = () => new Promise<number>(() => {});
    source.pipe(mapAsync(never, { concurrency: 1 })).subscribe({ error: (error) => failures.push(error) });
    for (let n = 0; n < 10_000; n++) source.next(n);
    expect(failures).to.deep.equal([]);
    source.next(0);
    expect(failures).to.deep.equal([operatorQueueFull('mapAsync', 10_000)]);
  });

  it('does not overflow the stack with calls that settle at once', () => {
    const source = new Subject<number>();
    const got: number[] = [];
    let first: ((value: number) => void) | undefined;
    const settle = (n: number) => ({
      // biome-ignore lint/suspicious/noThenProperty: a promise that settles at once.
      then: (resolve: (value: number) => void) => {
        if (n === 0) first = resolve;
        else resolve(n);
      },
    });
    source
      .pipe(mapAsync(settle as unknown as (n: number) => PromiseLike<number>, { concurrency: 1, maxQueued: 50_000 }))
      .subscribe((n) => got.push(n));
    for (let n = 0; n < 50_000; n++) source.next(n);
    expect(got).to.have.length(0);
    first?.(0);
    expect(got).to.have.length(50_000);
  });

  describe('signal', () => {
    /** The signals of calls that never settle. */
    const signalsOf = (count: number, concurrency = Infinity) => {
      const signals: AbortSignal[] = [];
      const source = new Subject<number>();
      const never = (_n: number, signal: AbortSignal) => {
        signals.push(signal);
        return new Promise<number>(() => {});
      };
      const reader = source.pipe(mapAsync(never, { concurrency })).subscribe({ error: () => {} });
      for (let n = 0; n < count; n++) source.next(n);
      const aborted = () => signals.filter((signal) => signal.aborted).length;
      return { source, reader, signals, aborted };
    };

    it('is aborted for each running call in the turn of the unsubscription', () => {
      const { reader, aborted, signals } = signalsOf(100);
      expect([signals.length, aborted()]).to.deep.equal([100, 0]);
      reader.unsubscribe();
      expect(aborted()).to.equal(100);
    });

    it('is aborted when the source fails', () => {
      const { source, aborted } = signalsOf(3, 2);
      source.error('no');
      expect(aborted()).to.equal(2);
    });

    it('is shared by 32 calls, so that listeners left on it can be collected', () => {
      const { signals, reader } = signalsOf(100);
      reader.unsubscribe();
      const shared = signals.map((signal) => signals.filter((other) => other === signal).length);
      expect(Math.max(...shared)).to.equal(32);
    });

    it(
      'is aborted for the calls behind a failed one',
      marbles(({ hot, flush }) => {
        const signals: Record<string, AbortSignal> = {};
        const recorded = (letter: string, signal: AbortSignal) => {
          signals[letter] = signal;
          return letter === 'n' ? later(1e6, letter, signal) : work(letter, signal);
        };
        const source = hot('d--xn');
        source.pipe(mapAsync(recorded, { concurrency: 3 })).subscribe({ error: () => {} });
        flush();
        expect([signals.x?.aborted, signals.n?.aborted]).to.deep.equal([true, true]);
      }),
    );

    it(
      'is not aborted at the end',
      marbles(({ flush }) => {
        const signals: AbortSignal[] = [];
        of('a')
          .pipe(
            mapAsync(
              (letter, signal) => {
                signals.push(signal);
                return work(letter, signal);
              },
              { concurrency: 1 },
            ),
          )
          .subscribe();
        flush();
        expect(signals.map(({ aborted }) => aborted)).to.deep.equal([false]);
      }),
    );
  });

  it(
    'starts no more calls after the subscriber has unsubscribed',
    marbles(({ hot, flush, expectSubscriptions }) => {
      const called: string[] = [];
      const source = hot('abd-----|');
      const subs = '      ^---!';
      source
        .pipe(
          mapAsync(
            (letter, signal) => {
              called.push(letter);
              return work(letter, signal);
            },
            { concurrency: 1 },
          ),
          take(1),
        )
        .subscribe();
      expectSubscriptions(source.subscriptions).toBe(subs);
      flush();
      expect(called).to.deep.equal(['a']);
    }),
  );

  it(
    'keeps position-only entries and gaps behind the events before them',
    marbles(({ hot, expectObservable }) => {
      const values = {
        a: entryAt(1, paid),
        o: positionAt(1),
        p: positionAt(2),
        g: gapAt(3),
        b: entryAt(4, shipped),
        q: positionAt(4),
      };
      const made = { A: positionAt(1).withEvent('A'), B: positionAt(4).withEvent('B') };
      const source = hot<Entry<Order | Gap>>('oaopgb-----q|', { ...values });
      const expected = '                      o----(Apg)Bq|';
      const upper = (order: Order) => later(order === paid ? 4 : 5, order === paid ? 'A' : 'B');
      expectObservable(source.pipe(mapAsync(upper, { concurrency: 2 }))).toBe(expected, { ...values, ...made });
    }),
  );

  it('errors when project does not return a promise', () => {
    const messages: string[] = [];
    of(1)
      .pipe(mapAsync((() => 5) as never, { concurrency: 1 }))
      .subscribe({ error: (error) => messages.push(error.message) });
    expect(messages).to.deep.equal(['mapAsync: project must return a promise, got number']);
  });
});
