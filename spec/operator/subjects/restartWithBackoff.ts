import { NEVER, of } from 'rxjs';
import { type RestartOptions, restartWithBackoff } from '../../../lib/operator/restartWithBackoff.ts';
import type { Subject } from '../harness/Subject.ts';

const refused = (options: RestartOptions, message: RegExp) =>
  [() => restartWithBackoff(() => NEVER, options), RangeError, message] as const;

export const subject: Subject = {
  over: (source) => restartWithBackoff(() => source, { maxAttempts: 0 }),
  values: { marbles: '-a-b-c--|' },
  callbacks: {
    factory: (thrower) => () => restartWithBackoff(thrower, { maxAttempts: 0 }),
    onFailure: (thrower) => (source) => restartWithBackoff(() => source, { onFailure: thrower }),
  },
  bad: {
    'a factory that is not a function': [
      () => restartWithBackoff(NEVER as never),
      TypeError,
      /^restartWithBackoff: factory must be a function, got object$/,
    ],
    'initialDelay of 0': refused({ initialDelay: 0 }, /initialDelay must be above 0 ms, got 0/),
    'initialDelay of NaN': refused({ initialDelay: Number.NaN }, /initialDelay/),
    'maxDelay below initialDelay': refused({ initialDelay: 10, maxDelay: 9 }, /maxDelay must be from 10 to .* got 9/),
    'maxDelay below the default initialDelay': refused({ maxDelay: 500 }, /maxDelay must be from 1000 to/),
    'maxDelay above the longest timer': refused({ maxDelay: 2 ** 31 }, /maxDelay/),
    'maxDelay of NaN': refused({ maxDelay: Number.NaN }, /maxDelay/),
    'resetAfter below 0': refused({ resetAfter: -1 }, /resetAfter must be at least 0 ms, got -1/),
    'resetAfter of NaN': refused({ resetAfter: Number.NaN }, /resetAfter/),
    'maxAttempts below 0': refused({ maxAttempts: -1 }, /maxAttempts must be at least 0, got -1/),
    'maxAttempts of NaN': refused({ maxAttempts: Number.NaN }, /maxAttempts/),
    'restartOnEnd that is not a boolean': [
      () => restartWithBackoff(() => NEVER, { restartOnEnd: 'yes' as never }),
      TypeError,
      /^restartWithBackoff: restartOnEnd must be true or false, got string$/,
    ],
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
    // With this seed the waits are 3 and 5 ms.
    options: { seed: 13 },
  },
  own: { positions: { because: 'it creates a stream' } },
};
