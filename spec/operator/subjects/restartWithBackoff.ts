import { NEVER, of } from 'rxjs';
import { type RestartOptions, restartWithBackoff } from '../../../lib/operator/restartWithBackoff.ts';
import type { Subject } from '../harness/Subject.ts';

const refused = (options: RestartOptions, message: RegExp) =>
  [() => restartWithBackoff(() => NEVER, options), RangeError, message] as const;

export const subject: Subject = {
  over: (source) => restartWithBackoff(() => source, { maxAttempts: 0 }),
  values: { marbles: '-a-b-c--|' },
  callbacks: {
    'the factory': (thrower) => () => restartWithBackoff(thrower, { maxAttempts: 0 }),
    onFailure: (thrower) => (source) => restartWithBackoff(() => source, { onFailure: thrower }),
  },
  bad: {
    'a factory that is none': [
      () => restartWithBackoff(NEVER as never),
      TypeError,
      /^restartWithBackoff must be a function, got object$/,
    ],
    'an initial wait of 0': refused({ initialDelay: 0 }, /initialDelay must be above 0 ms, got 0/),
    'an initial wait that is no number': refused({ initialDelay: Number.NaN }, /initialDelay/),
    'a max below the initial wait': refused({ initialDelay: 10, maxDelay: 9 }, /maxDelay must be from 10 to .* got 9/),
    'a max below the default initial wait': refused({ maxDelay: 500 }, /maxDelay must be from 1000 to/),
    'a max that no timer can hold': refused({ maxDelay: 2 ** 31 }, /maxDelay/),
    'a max that is no number': refused({ maxDelay: Number.NaN }, /maxDelay/),
    'a resetAfter below 0': refused({ resetAfter: -1 }, /resetAfter must be at least 0 ms, got -1/),
    'a resetAfter that is no number': refused({ resetAfter: Number.NaN }, /resetAfter/),
    'a limit below 0': refused({ maxAttempts: -1 }, /maxAttempts must be at least 0, got -1/),
    'a limit that is no number': refused({ maxAttempts: Number.NaN }, /maxAttempts/),
  },
  diagram: {
    play: (diagram, { cold, expectObservable, expectSubscriptions }) => {
      const rows = [0, 1, 2].map((n) => diagram.row(`attempt ${n}`));
      const attempts = rows.map(({ marbles }) => cold(marbles));
      const all = restartWithBackoff(({ attempt }) => attempts[attempt] ?? of('one too many'), { initialDelay: 4 });
      expectObservable(all).toBe(diagram.marbles('result'));
      for (const [n, { marbles, offset }] of rows.entries()) {
        const subs = `${'-'.repeat(offset)}^${'-'.repeat(marbles.length - 2)}!`;
        expectSubscriptions(attempts[n]?.subscriptions ?? []).toBe(subs);
      }
    },
    // The chance that gives waits of 3 and 5 ms.
    options: { seed: 13 },
  },
  own: { positions: { because: 'it is where a stream begins' } },
};
