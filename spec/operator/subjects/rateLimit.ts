import { type RateLimitOptions, rateLimit } from '../../../lib/operator/rateLimit.ts';
import type { Subject } from '../harness/Subject.ts';

const refused = (options: RateLimitOptions, message: RegExp) =>
  [() => rateLimit(options), RangeError, message] as const;

export const subject: Subject = {
  over: (source) => source.pipe(rateLimit({ maxEvents: 1, interval: 3 })),
  values: { marbles: '-a--b--c|' },
  bad: {
    'a count of 0': refused({ maxEvents: 0 }, /^rateLimit: count must be above 0, got 0$/),
    'a count that is no number': refused({ maxEvents: Number.NaN }, /count/),
    'per of 0': refused({ maxEvents: 1, interval: 0 }, /^rateLimit: per must be above 0 ms, got 0$/),
    'per without an end': refused(
      { maxEvents: 1, interval: Infinity },
      /^rateLimit: per must be finite, got Infinity$/,
    ),
    'a burst of 0': refused({ maxEvents: 1, burst: 0 }, /^rateLimit: burst must be a whole number from 1/),
    'a queue of 0': refused({ maxEvents: 1, maxQueued: 0 }, /^rateLimit: queue must be a whole number from 1/),
  },
  busy: (source) => source.pipe(rateLimit({ maxEvents: 1e9, interval: 1, burst: Infinity })),
  entries: { over: (source) => source.pipe(rateLimit({ maxEvents: 1, interval: 3, burst: 2 })) },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const source = hot(diagram.marbles('source'));
      expectObservable(source.pipe(rateLimit({ maxEvents: 1, interval: 3, burst: 2 }))).toBe(
        diagram.marbles('rateLimit 1 per 3 ms, burst 2'),
      );
    },
  },
};
