import { expect } from 'chai';
import { EMPTY, NEVER, type Observable, type Subscription, throwError } from 'rxjs';
import { type Attempt, type RestartOptions, restartWithBackoff } from '../../lib/operator/restartWithBackoff.ts';
import { marbles } from '../../lib/testing/marbles.ts';

/** Every wait is 1 ms: a wait is a whole number of milliseconds, and never more than the bound. */
const soon: RestartOptions = { initialDelay: 1, maxDelay: 1 };

/** Returns a factory that returns the attempts one after the other, and then the last one each time. */
function inTurn<T>(...made: Observable<T>[]): (attempt: Attempt) => Observable<T> {
  let count = 0;
  return () => made[Math.min(count++, made.length - 1)] ?? NEVER;
}

describe('restartWithBackoff', () => {
  it(
    'starts an attempt after each failure, and completes with one that completes',
    marbles(
      ({ cold, expectObservable, expectSubscriptions }) => {
        const first = cold('  -a-#             ');
        const subs1 = '       ^--!             ';
        const second = cold('       --#        ');
        const subs2 = '       ------^-!        ';
        const third = cold('               -b-|');
        const subs3 = '       -------------^--!';
        const expected = '    -a------------b-|';

        expectObservable(restartWithBackoff(inTurn(first, second, third), { initialDelay: 4 })).toBe(expected);
        expectSubscriptions(first.subscriptions).toBe(subs1);
        expectSubscriptions(second.subscriptions).toBe(subs2);
        expectSubscriptions(third.subscriptions).toBe(subs3);
      },
      // With this randomness the waits are 3 and 5 ms.
      { seed: 13 },
    ),
  );

  it(
    'waits with a silent attempt, and unsubscribes from it',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const silent = cold<string>('-   ');
      const unsub = '              ^--!';
      const expected = '           ----';

      expectObservable(
        restartWithBackoff(() => silent, soon),
        unsub,
      ).toBe(expected);
      expectSubscriptions(silent.subscriptions).toBe(unsub);
    }),
  );

  it(
    'completes at once with an empty attempt',
    marbles(({ expectObservable }) => {
      expectObservable(restartWithBackoff(() => EMPTY, soon)).toBe('|');
    }),
  );

  it(
    'errors with the last failure after maxAttempts',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const failing = cold('    -a-#       ');
      const subs = ['           ^--!       ', '----^--!', '--------^--!'];
      const expected = '        -a---a---a-#';

      expectObservable(restartWithBackoff(() => failing, { ...soon, maxAttempts: 2 })).toBe(expected);
      expectSubscriptions(failing.subscriptions).toBe(subs);
    }),
  );

  it(
    'errors with the first failure at once when maxAttempts is 0',
    marbles(({ expectObservable }) => {
      let failures = 0;
      const failing = restartWithBackoff(() => throwError(() => 'no'), { maxAttempts: 0, onFailure: () => failures++ });

      expectObservable(failing).toBe('#', undefined, 'no');
      expect(failures).to.equal(0);
    }),
  );

  it(
    'unsubscribes from the attempt',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const failing = cold('    -a-#   ');
      const subs = ['           ^--!   ', '    ----^-!'];
      const unsub = '           ^-----!';
      const expected = '        -a---a-';

      expectObservable(
        restartWithBackoff(() => failing, soon),
        unsub,
      ).toBe(expected);
      expectSubscriptions(failing.subscriptions).toBe(subs);
    }),
  );

  it(
    'stops the wait and its timer',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const failing = cold('    -a-#    ');
      const subs = '            ^--!    ';
      const unsub = '           ^---!   ';
      const expected = '        -a------';

      // The test kit reports a timer that remains as a leak, since the wait is far longer than the run.
      expectObservable(
        restartWithBackoff(() => failing, { initialDelay: 1e9, maxDelay: 1e9 }),
        unsub,
      ).toBe(expected);
      expectSubscriptions(failing.subscriptions).toBe(subs);
    }),
  );

  it(
    'has no state shared by two subscribers',
    marbles(({ cold, flush, expectObservable }) => {
      const attempts: number[] = [];
      const make = ({ attempt }: Attempt) => {
        attempts.push(attempt);
        return cold('                   -a-#                 ');
      };
      const second = '                  ----------^          ';
      const failing = restartWithBackoff(make, { ...soon, maxAttempts: 1 });

      expectObservable(failing).toBe('  -a---a-#');
      expectObservable(failing, second).toBe('-----------a---a-#');
      flush();
      expect(attempts).to.deep.equal([0, 1, 0, 1]);
    }),
  );

  it(
    'treats an error that the factory throws as a failure',
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
        throw new Error('from onFailure');
      };
      const failing = restartWithBackoff(() => cold('-a-#'), { ...soon, onFailure });
      expectObservable(failing).toBe('-a-#', undefined, new Error('from onFailure'));
    }),
  );

  it(
    'errors when onFailure throws for an error of the factory, also after a wait',
    marbles(({ cold, expectObservable }) => {
      const make = ({ attempt }: Attempt) => {
        if (attempt > 0) throw new Error('no attempt');
        return cold('-#');
      };
      const onFailure = (error: unknown) => {
        if (error instanceof Error) throw new Error('from onFailure');
      };
      expectObservable(restartWithBackoff(make, { ...soon, onFailure })).toBe(
        '--#',
        undefined,
        new Error('from onFailure'),
      );
    }),
  );

  it('calls onFailure with each failure and the wait after it', () => {
    const failures: unknown[] = [];
    const onFailure = (error: unknown, wait: number) => failures.push([error, wait]);
    marbles(() => {
      const failing = restartWithBackoff(({ attempt }) => throwError(() => `no ${attempt}`), {
        ...soon,
        maxAttempts: 2,
        onFailure,
      });
      failing.subscribe({ error: (error) => failures.push(error) });
    })();
    expect(failures).to.deep.equal([['no 0', 1], ['no 1', 1], 'no 2']);
  });

  it(
    'does not wait after onFailure has unsubscribed',
    marbles(({ cold, flush, expectSubscriptions }) => {
      const failing = cold('-#');
      const subs = '        ^!';

      // The test kit reports a timer that remains as a leak.
      const all = restartWithBackoff(() => failing, {
        initialDelay: 1e9,
        maxDelay: 1e9,
        onFailure: () => reader.unsubscribe(),
      });
      const reader: Subscription = all.subscribe();
      expectSubscriptions(failing.subscriptions).toBe(subs);
      flush();
      expect(reader.closed).to.equal(true);
    }),
  );

  it(
    'starts an attempt after one that completes with restartOnEnd',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const ending = cold('     -a-|         ');
      const subs = ['           ^--!         ', '----^--!', '--------^--!'];
      const expected = '        -a---a---a-|';

      const all = restartWithBackoff(() => ending, { ...soon, restartOnEnd: true, maxAttempts: 2 });
      expectObservable(all).toBe(expected);
      expectSubscriptions(ending.subscriptions).toBe(subs);
    }),
  );

  it(
    'calls onFailure for failures only, and errors with the last one',
    marbles(({ cold, flush, expectObservable }) => {
      const failures: unknown[] = [];
      const all = restartWithBackoff(
        inTurn(cold('-|'), cold('-#', undefined, 'no'), cold('-|'), cold('-#', {}, 'last')),
        {
          ...soon,
          maxAttempts: 3,
          restartOnEnd: true,
          onFailure: (error) => failures.push(error),
        },
      );
      expectObservable(all).toBe('-------#', undefined, 'last');
      flush();
      expect(failures).to.deep.equal(['no']);
    }),
  );

  it(
    'passes the last value of the attempts before to each attempt',
    marbles(({ cold, flush }) => {
      const received: unknown[] = [];
      const made = inTurn(cold<string>('ab#'), cold<string>('#'), cold<string>('c#'), cold<string>('|'));
      const make = (attempt: Attempt<string>) => {
        received.push(attempt.last);
        return made(attempt);
      };
      const all = restartWithBackoff(make, soon);
      all.subscribe();
      flush();
      expect(received).to.deep.equal([undefined, 'b', 'b', 'c']);
      all.subscribe();
      flush();
      expect(received.at(-1)).to.equal(undefined);
    }),
  );

  it('errors when the factory does not return an Observable', () => {
    const messages: unknown[] = [];
    const made = restartWithBackoff((() => Promise.resolve(1)) as never, {
      onFailure: () => messages.push('failure'),
    });
    made.subscribe({ error: (error) => messages.push(error.message) });
    expect(messages).to.deep.equal(['restartWithBackoff: factory must return an Observable, got Promise']);
  });

  it('throws a TypeError for options of a wrong type', () => {
    for (const option of ['initialDelay', 'resetAfter', 'maxAttempts']) {
      expect(() => restartWithBackoff(() => NEVER, { [option]: '5' as never }), option).to.throw(
        TypeError,
        `${option} must be`,
      );
    }
    expect(() => restartWithBackoff(() => NEVER, { onFailure: 'log' as never })).to.throw(TypeError, 'onFailure');
  });
});
