import { TimeoutError } from '../../../lib/index.ts';
import { within } from '../../../lib/operator/within.ts';
import type { Subject } from '../harness/Subject.ts';

export const subject: Subject = {
  over: (source) => source.pipe(within({ first: 5, each: 6, all: 1000 })),
  values: { marbles: '-a-b-c--|' },
  never: { marbles: '-----#', error: new TimeoutError('first', 5) },
  callbacks: {
    with: (thrower) => (source) => source.pipe(within({ first: 1000, each: 1, with: thrower })),
  },
  bad: {
    'no limit': [() => within({}), TypeError, /^within: expected a limit: first, each or all$/],
    'first of 0': [() => within({ first: 0 }), RangeError, /^within: first must be above 0 ms, got 0$/],
    'each below 0': [() => within({ each: -1 }), RangeError, /^within: (first|each) must be above 0 ms, got -1$/],
    'all that is no number': [
      () => within({ all: Number.NaN }),
      RangeError,
      /^within: all must be above 0 ms, got NaN$/,
    ],
    'with that is none': [
      () => within({ each: 5, with: {} as never }),
      TypeError,
      /^within: with: expected a function, got object$/,
    ],
  },
  inner: { with: (source, inner) => source.pipe(within({ each: 1e9, with: () => inner })) },
  entries: { over: (source) => source.pipe(within({ first: 1000, each: 1000 })) },
  diagram: {
    play: (diagram, { hot, cold, expectObservable }) => {
      const source = hot(diagram.marbles('source'));
      const limits = { first: 3, each: 5 };
      const error = new TimeoutError('each', 5);

      expectObservable(source.pipe(within(limits))).toBe(diagram.marbles('within first 3, each 5'), undefined, error);
      expectObservable(source.pipe(within({ ...limits, with: () => cold('x-y|') }))).toBe(
        diagram.marbles('the same, with another'),
      );
    },
  },
};
