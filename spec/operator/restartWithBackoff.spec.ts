import { expect } from 'chai';
import {
  catchError,
  EMPTY,
  mergeMap,
  NEVER,
  Observable,
  of,
  range,
  type Subscription,
  take,
  throwError,
  timer,
} from 'rxjs';
import { type Attempt, type BackoffOptions, restartWithBackoff } from '../../lib/operator/restartWithBackoff.ts';
import { marbles } from '../../lib/testing/marbles.ts';

/** Every wait is 1 ms: a wait is a whole number of milliseconds, and never more than the bound. */
const soon: BackoffOptions = { initial: 1, max: 1 };

/** A factory that makes these, one after the other, the last again and again. */
function inTurn<T>(...made: Observable<T>[]): (attempt: Attempt) => Observable<T> {
  let count = 0;
  return () => made[Math.min(count++, made.length - 1)] ?? NEVER;
}

/** The waits of attempts that fail one after the other, each at once. */
function waitsOf(failures: number, options: BackoffOptions, seed: number): number[] {
  const waits: number[] = [];
  const failing = () => throwError(() => 'no');
  const run = marbles(
    () => {
      const onFailure = (_error: unknown, wait: number) => waits.push(wait);
      restartWithBackoff(failing, { ...options, limit: failures, onFailure }).subscribe({ error: () => {} });
    },
    { seed, until: '1000s' },
  );
  run();
  return waits;
}

describe('restartWithBackoff', () => {
  it(
    'makes an attempt after each that fails, and completes with one that completes',
    marbles(
      ({ cold, expectObservable, expectSubscriptions }) => {
        const first = cold('  -a-#             ');
        const subs1 = '       ^--!             ';
        const second = cold('       --#        ');
        const subs2 = '       ------^-!        ';
        const third = cold('               -b-|');
        const subs3 = '       -------------^--!';
        const expected = '    -a------------b-|';

        expectObservable(restartWithBackoff(inTurn(first, second, third), { initial: 4 })).toBe(expected);
        expectSubscriptions(first.subscriptions).toBe(subs1);
        expectSubscriptions(second.subscriptions).toBe(subs2);
        expectSubscriptions(third.subscriptions).toBe(subs3);
      },
      // The chance that gives waits of 3 and 5 ms.
      { seed: 13 },
    ),
  );

  it(
    'waits with an attempt that never speaks, and leaves it',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const silent = cold<string>('-   ');
      const left = '               ^--!';
      const expected = '           ----';

      expectObservable(
        restartWithBackoff(() => silent, soon),
        left,
      ).toBe(expected);
      expectSubscriptions(silent.subscriptions).toBe(left);
    }),
  );

  it(
    'completes at once with an attempt that is empty',
    marbles(({ expectObservable }) => {
      expectObservable(restartWithBackoff(() => EMPTY, soon)).toBe('|');
    }),
  );

  it(
    'passes the last failure on when the restarts are used up',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const failing = cold('    -a-#       ');
      const subs = ['           ^--!       ', '----^--!', '--------^--!'];
      const expected = '        -a---a---a-#';

      expectObservable(restartWithBackoff(() => failing, { ...soon, limit: 2 })).toBe(expected);
      expectSubscriptions(failing.subscriptions).toBe(subs);
    }),
  );

  it(
    'passes the first failure on without a wait when the limit is 0',
    marbles(({ expectObservable }) => {
      let heard = 0;
      const failing = restartWithBackoff(() => throwError(() => 'no'), { limit: 0, onFailure: () => heard++ });

      expectObservable(failing).toBe('#', undefined, 'no');
      expect(heard).to.equal(0);
    }),
  );

  it(
    'leaves an attempt with the reader',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const failing = cold('    -a-#   ');
      const subs = ['           ^--!   ', '    ----^-!'];
      const left = '            ^-----!';
      const expected = '        -a---a-';

      expectObservable(
        restartWithBackoff(() => failing, soon),
        left,
      ).toBe(expected);
      expectSubscriptions(failing.subscriptions).toBe(subs);
    }),
  );

  it(
    'leaves the wait with the reader, and its timer',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const failing = cold('    -a-#    ');
      const subs = '            ^--!    ';
      const left = '            ^---!   ';
      const expected = '        -a------';

      // Of a timer that stays the kit would say that it leaked: the wait is far longer than the run.
      expectObservable(
        restartWithBackoff(() => failing, { initial: 1e9, max: 1e9 }),
        left,
      ).toBe(expected);
      expectSubscriptions(failing.subscriptions).toBe(subs);
    }),
  );

  it(
    'starts fresh for a second subscriber',
    marbles(({ cold, flush, expectObservable }) => {
      const attempts: number[] = [];
      const make = ({ attempt }: Attempt) => {
        attempts.push(attempt);
        return cold('                   -a-#                 ');
      };
      const second = '                  ----------^          ';
      const failing = restartWithBackoff(make, { ...soon, limit: 1 });

      expectObservable(failing).toBe('  -a---a-#');
      expectObservable(failing, second).toBe('-----------a---a-#');
      flush();
      expect(attempts).to.deep.equal([0, 1, 0, 1]);
    }),
  );

  it(
    'takes what the factory throws for a failure',
    marbles(({ cold, expectObservable }) => {
      const make = ({ attempt }: Attempt) => {
        if (attempt === 0) throw new Error('no');
        return cold('-a|');
      };
      expectObservable(restartWithBackoff(make, soon)).toBe('--a|');
    }),
  );

  it(
    'errors when onFailure throws',
    marbles(({ cold, expectObservable }) => {
      const onFailure = () => {
        throw new Error('no ears');
      };
      const failing = restartWithBackoff(() => cold('-a-#'), { ...soon, onFailure });
      expectObservable(failing).toBe('-a-#', undefined, new Error('no ears'));
    }),
  );

  it('tells onFailure of each failure, and of the wait that follows', () => {
    const heard: unknown[] = [];
    const onFailure = (error: unknown, wait: number) => heard.push([error, wait]);
    marbles(() => {
      const failing = restartWithBackoff(({ attempt }) => throwError(() => `no ${attempt}`), {
        ...soon,
        limit: 2,
        onFailure,
      });
      failing.subscribe({ error: (error) => heard.push(error) });
    })();
    expect(heard).to.deep.equal([['no 0', 1], ['no 1', 1], 'no 2']);
  });

  it(
    'does not wait for a reader that leaves while it is told of a failure',
    marbles(({ cold, flush, expectSubscriptions }) => {
      const failing = cold('-#');
      const subs = '        ^!';

      // Of a timer that stays the kit would say that it leaked.
      const all = restartWithBackoff(() => failing, { initial: 1e9, max: 1e9, onFailure: () => reader.unsubscribe() });
      const reader: Subscription = all.subscribe();
      expectSubscriptions(failing.subscriptions).toBe(subs);
      flush();
      expect(reader.closed).to.equal(true);
    }),
  );

  describe('an attempt', () => {
    it('that never lets go of the turn is left by a reader that had enough', () => {
      const seen: number[] = [];
      restartWithBackoff(() => range(0, Infinity))
        .pipe(take(3))
        .subscribe((value) => seen.push(value));
      expect(seen).to.deep.equal([0, 1, 2]);
    });

    it('is told in the same turn, even before its subscription has returned', () => {
      const heard: string[] = [];
      const untilAborted = ({ signal }: Attempt) =>
        new Observable<number>((subscriber) => {
          for (let n = 0; !signal.aborted; n++) subscriber.next(n);
          heard.push('left');
        });
      restartWithBackoff(untilAborted).pipe(take(3)).subscribe();
      expect(heard).to.deep.equal(['left']);
    });

    it(
      'is not begun for a reader that left while it was made',
      marbles(({ cold, expectSubscriptions }) => {
        const first = cold('-#');
        const subs = '      ^!';
        const second = cold('a');
        const make = ({ attempt }: Attempt) => {
          if (attempt === 1) reader.unsubscribe();
          return attempt === 0 ? first : second;
        };

        const reader: Subscription = restartWithBackoff(make, soon).subscribe();
        expectSubscriptions(first.subscriptions).toBe(subs);
        expectSubscriptions(second.subscriptions).toBe([]);
      }),
    );

    const ends: Readonly<Record<string, Observable<string>>> = {
      'has completed': of('a'),
      'has failed': throwError(() => 'no'),
    };
    for (const [end, made] of Object.entries(ends)) {
      it(`that ${end} has its signal aborted`, () => {
        const signals: AbortSignal[] = [];
        const make = ({ signal }: Attempt) => {
          signals.push(signal);
          return made;
        };
        restartWithBackoff(make, { limit: 0 }).subscribe({ error: () => {} });
        expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
      });
    }

    it(
      'that goes on has not',
      marbles(({ cold, flush }) => {
        const signals: AbortSignal[] = [];
        const make = ({ signal }: Attempt) => {
          signals.push(signal);
          return cold('--#');
        };
        const reader = restartWithBackoff(make, soon).subscribe();
        timer(7).subscribe(() => {
          expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true, true, false]);
          reader.unsubscribe();
        });
        flush();
        expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true, true, true]);
      }),
    );
  });

  describe('its waits', () => {
    it('are spread over a bound that doubles up to max', () => {
      const options = { initial: 100, max: 1000 };
      const runs = Array.from({ length: 100 }, (_, seed) => waitsOf(6, options, seed));
      for (const [index, bound] of [100, 200, 400, 800, 1000, 1000].entries()) {
        const waits = runs.map((run) => run[index] ?? Number.NaN);
        expect(Math.max(...waits), `wait ${index}`).to.be.within(bound * 0.9, bound);
        expect(Math.min(...waits), `wait ${index}`).to.be.within(1, bound * 0.1);
        const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
        expect(mean, `wait ${index}`).to.be.within(bound * 0.4, bound * 0.6);
      }
    });

    it('stay below max however long it goes on', () => {
      const waits = waitsOf(1200, { initial: 1, max: 500 }, 1);
      expect(waits).to.have.length(1200);
      expect(Math.max(...waits)).to.be.within(450, 500);
    });

    it(
      'begin anew after an attempt that was stable, and so does the count',
      marbles(({ cold, expectObservable }) => {
        const attempts: number[] = [];
        const lasting = ['#', '-#', '10ms #', '9ms #', '10ms #', '#', '#'];
        const make = ({ attempt }: Attempt) => {
          attempts.push(attempt);
          return cold(lasting[attempts.length - 1] ?? '|');
        };
        const all = restartWithBackoff(make, { ...soon, resetAfter: 10, limit: 2 });
        // Emits as many as were made, once the limit is reached.
        const count = all.pipe(catchError(() => of(...attempts)));

        const expected = '36ms (0121212|)';
        expectObservable(count).toBe(expected, { 0: 0, 1: 1, 2: 2 });
      }),
    );

    it(
      'never grow when resetAfter is 0',
      marbles(({ flush }) => {
        const waits: number[] = [];
        const onFailure = (_error: unknown, wait: number) => {
          if (waits.push(wait) === 50) reader.unsubscribe();
        };
        const make = () => timer(1).pipe(mergeMap(() => throwError(() => 'no')));
        const reader: Subscription = restartWithBackoff(make, { initial: 4, resetAfter: 0, onFailure }).subscribe();
        flush();
        expect(waits).to.have.length(50);
        expect(Math.max(...waits)).to.equal(4);
      }),
    );
  });

  const wrong: Readonly<Record<string, [BackoffOptions, RegExp]>> = {
    'an initial wait of 0': [{ initial: 0 }, /initial must be above 0 ms, got 0/],
    'an initial wait that is no number': [{ initial: Number.NaN }, /initial/],
    'a max below the initial wait': [{ initial: 10, max: 9 }, /max must be from initial, 10, to .* got 9/],
    'a max below the default initial wait': [{ max: 500 }, /max must be from initial, 1000,/],
    'a max that no timer can hold': [{ max: 2 ** 31 }, /max/],
    'a max that is no number': [{ max: Number.NaN }, /max/],
    'a resetAfter below 0': [{ resetAfter: -1 }, /resetAfter must be 0 ms or more, got -1/],
    'a resetAfter that is no number': [{ resetAfter: Number.NaN }, /resetAfter/],
    'a limit below 0': [{ limit: -1 }, /limit must be 0 or more, got -1/],
    'a limit that is no number': [{ limit: Number.NaN }, /limit/],
  };
  for (const [what, [options, message]] of Object.entries(wrong)) {
    it(`refuses ${what}`, () => {
      expect(() => restartWithBackoff(() => NEVER, options)).to.throw(RangeError, message);
    });
  }
});
