import { StreamTimeoutError } from '../../../lib/index.ts';
import { timeouts } from '../../../lib/operator/timeouts.ts';
import type { Subject } from '../harness/Subject.ts';

export const subject: Subject = {
  over: (source) => source.pipe(timeouts({ first: 5, idle: 6, total: 1000 })),
  values: { marbles: '-a-b-c--|' },
  never: { marbles: '-----#', error: new StreamTimeoutError('first', 5) },
  callbacks: {
    with: (thrower) => (source) => source.pipe(timeouts({ first: 1000, idle: 1, with: thrower })),
  },
  bad: {
    'no limit': [
      () => timeouts({}),
      TypeError,
      /^timeouts: at least one of first, idle and total must be set, got none$/,
    ],
    'first of 0': [() => timeouts({ first: 0 }), RangeError, /^timeouts: first must be above 0 ms, got 0$/],
    'idle below 0': [() => timeouts({ idle: -1 }), RangeError, /^timeouts: (first|idle) must be above 0 ms, got -1$/],
    'total of NaN': [
      () => timeouts({ total: Number.NaN }),
      RangeError,
      /^timeouts: total must be above 0 ms, got NaN$/,
    ],
    'a with that is not a function': [
      () => timeouts({ idle: 5, with: {} as never }),
      TypeError,
      /^timeouts: with must be a function, got object$/,
    ],
  },
  inner: { with: (source, inner) => source.pipe(timeouts({ idle: 1e9, with: () => inner })) },
  entries: { over: (source) => source.pipe(timeouts({ first: 1000, idle: 1000 })) },
  diagram: {
    play: (diagram, { hot, cold, expectObservable }) => {
      const source = hot(diagram.marbles('source'));
      const limits = { first: 3, idle: 5 };
      const error = new StreamTimeoutError('idle', 5);

      expectObservable(source.pipe(timeouts(limits))).toBe(
        diagram.marbles('timeouts, first 3, idle 5'),
        undefined,
        error,
      );
      expectObservable(source.pipe(timeouts({ ...limits, with: () => cold('x-y|') }))).toBe(
        diagram.marbles('the same, with another'),
      );
    },
  },
};
