import { expect } from 'chai';
import {
  catchError,
  forkJoin,
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
import { type Attempt, type RestartOptions, restartWithBackoff } from '../../lib/operator/restartWithBackoff.ts';
import { marbles } from '../../lib/testing/marbles.ts';

/** Every wait is 1 ms: a wait is a whole number of milliseconds, and never more than the bound. */
const soon: RestartOptions = { initialDelay: 1, maxDelay: 1 };

/** Returns the waits of attempts that fail one after the other, each synchronously. */
function waitsOf(failures: number, options: RestartOptions, seed: number): number[] {
  const waits: number[] = [];
  const failing = () => throwError(() => 'no');
  const run = marbles(
    () => {
      const onFailure = (_error: unknown, wait: number) => waits.push(wait);
      restartWithBackoff(failing, { ...options, maxAttempts: failures, onFailure }).subscribe({ error: () => {} });
    },
    { seed, until: '1000s' },
  );
  run();
  return waits;
}

describe('restartWithBackoff', () => {
  describe('an attempt', () => {
    it('that emits synchronously without end can be unsubscribed from', () => {
      const seen: number[] = [];
      restartWithBackoff(() => range(0, Infinity))
        .pipe(take(3))
        .subscribe((value) => seen.push(value));
      expect(seen).to.deep.equal([0, 1, 2]);
    });

    it('has its signal aborted in the same turn, also before its subscription is returned', () => {
      const received: string[] = [];
      const untilAborted = ({ signal }: Attempt) =>
        new Observable<number>((subscriber) => {
          for (let n = 0; !signal.aborted; n++) subscriber.next(n);
          received.push('unsubscribed');
        });
      restartWithBackoff(untilAborted).pipe(take(3)).subscribe();
      expect(received).to.deep.equal(['unsubscribed']);
    });

    it(
      'is not subscribed to after its factory unsubscribed',
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
        restartWithBackoff(make, { maxAttempts: 0 }).subscribe({ error: () => {} });
        expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
      });
    }

    it('that has ended has an aborted signal, also on first use or in a copy', () => {
      const received: Attempt[] = [];
      const make = (attempt: Attempt) => {
        received.push(attempt);
        return of('a');
      };
      restartWithBackoff(make).subscribe();
      expect(received.map(({ signal }) => signal.aborted)).to.deep.equal([true]);
      restartWithBackoff((attempt) => make({ ...attempt })).subscribe();
      expect(received[1]?.signal.aborted).to.equal(true);
    });

    it(
      'ends once when its teardown throws, so that there are never two',
      marbles(({ flush }) => {
        for (const end of ['error', 'complete'] as const) {
          let made = 0;
          let teardowns = 0;
          const values: string[] = [];
          const make = () =>
            new Observable<string>((subscriber) => {
              const me = ++made;
              if (me < 3) subscriber[end]('no');
              else subscriber.add(timer(0, 2).subscribe(() => subscriber.next(`from ${me}`)));
              return () => {
                teardowns++;
                if (me < 3) throw new Error('from the teardown');
              };
            });
          const reader = restartWithBackoff(make, { ...soon, restartOnEnd: true }).subscribe((value) =>
            values.push(value),
          );
          timer(9).subscribe(() => {
            reader.unsubscribe();
            expect([made, teardowns, new Set(values)]).to.deep.equal([3, 3, new Set(['from 3'])]);
            expect(values).to.have.length(4);
          });
        }
        // After the unsubscription no attempt starts and no timer runs.
        flush();
      }),
    );

    it('is counted once when its teardown throws', () => {
      let made = 0;
      const messages: unknown[] = [];
      marbles(() => {
        const make = () =>
          new Observable<string>((subscriber) => {
            made++;
            subscriber.complete();
            return () => {
              throw new Error('from the teardown');
            };
          });
        restartWithBackoff(make, { ...soon, restartOnEnd: true, maxAttempts: 5, resetAfter: Infinity }).subscribe({
          error: (error) => messages.push(error),
          complete: () => messages.push('complete'),
        });
      })();
      expect([made, messages]).to.deep.equal([6, ['complete']]);
    });

    it('is not subscribed to for a closed subscriber', () => {
      let made = 0;
      const never = restartWithBackoff(() => {
        made++;
        return NEVER;
      });
      forkJoin([throwError(() => 'no'), never]).subscribe({ error: () => {} });
      expect(made).to.equal(0);
    });

    it(
      'that runs has a signal that is not aborted',
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

  describe('the waits', () => {
    it('are random below a bound that doubles up to maxDelay', () => {
      const options = { initialDelay: 100, maxDelay: 1000 };
      const runs = Array.from({ length: 100 }, (_, seed) => waitsOf(6, options, seed));
      for (const [index, bound] of [100, 200, 400, 800, 1000, 1000].entries()) {
        const waits = runs.map((run) => run[index] ?? Number.NaN);
        expect(Math.max(...waits), `wait ${index}`).to.be.within(bound * 0.9, bound);
        expect(Math.min(...waits), `wait ${index}`).to.be.within(1, bound * 0.1);
        const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
        expect(mean, `wait ${index}`).to.be.within(bound * 0.4, bound * 0.6);
      }
    });

    it('stay below maxDelay after any number of failures', () => {
      const waits = waitsOf(1200, { initialDelay: 1, maxDelay: 500 }, 1);
      expect(waits).to.have.length(1200);
      expect(Math.max(...waits)).to.be.within(450, 500);
    });

    it(
      'restart after a stable attempt, and so does the count of failures',
      marbles(({ cold, expectObservable }) => {
        const attempts: number[] = [];
        const lasting = ['#', '-#', '10ms #', '9ms #', '10ms #', '#', '#'];
        const make = ({ attempt }: Attempt) => {
          attempts.push(attempt);
          return cold(lasting[attempts.length - 1] ?? '|');
        };
        const all = restartWithBackoff(make, { ...soon, resetAfter: 10, maxAttempts: 2 });
        // The attempts emit their number, until the limit is reached.
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
        const reader: Subscription = restartWithBackoff(make, {
          initialDelay: 4,
          resetAfter: 0,
          onFailure,
        }).subscribe();
        flush();
        expect(waits).to.have.length(50);
        expect(Math.max(...waits)).to.equal(4);
      }),
    );
  });
});
