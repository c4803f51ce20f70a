import { type RateLimitOptions, rateLimit } from '../../../lib/operator/rateLimit.ts';
import type { Subject } from '../harness/Subject.ts';

const refused = (options: RateLimitOptions, message: RegExp) =>
  [() => rateLimit(options), RangeError, message] as const;

export const subject: Subject = {
  over: (source) => source.pipe(rateLimit({ maxEvents: 1, interval: 3 })),
  values: { marbles: '-a--b--c|' },
  bad: {
    'a maxEvents of 0': refused({ maxEvents: 0 }, /^rateLimit: maxEvents must be above 0, got 0$/),
    'a maxEvents of NaN': refused({ maxEvents: Number.NaN }, /maxEvents/),
    'an interval of 0': refused({ maxEvents: 1, interval: 0 }, /^rateLimit: interval must be above 0 ms, got 0$/),
    'an interval of Infinity': refused(
      { maxEvents: 1, interval: Infinity },
      /^rateLimit: interval must be finite, got Infinity$/,
    ),
    'a burst of 0': refused({ maxEvents: 1, burst: 0 }, /^rateLimit: burst must be a whole number from 1/),
    'a maxQueued of 0': refused({ maxEvents: 1, maxQueued: 0 }, /^rateLimit: maxQueued must be a whole number from 1/),
  },
  busy: (source) => source.pipe(rateLimit({ maxEvents: 1e9, interval: 1, burst: Infinity })),
  entries: { over: (source) => source.pipe(rateLimit({ maxEvents: 1, interval: 3, burst: 2 })) },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const source = hot(diagram.marbles('source'));
      expectObservable(source.pipe(rateLimit({ maxEvents: 1, interval: 3, burst: 2 }))).toBe(
        diagram.marbles('rateLimit, maxEvents 1, interval 3, burst 2'),
      );
    },
  },
};
