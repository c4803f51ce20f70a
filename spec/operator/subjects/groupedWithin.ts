import { type GroupedWithinOptions, groupedWithin } from '../../../lib/operator/groupedWithin.ts';
import type { Subject } from '../harness/Subject.ts';
import { dear, type Order, paid, shipped } from '../sample.ts';

const refused = (options: GroupedWithinOptions<unknown>, message: RegExp) =>
  [() => groupedWithin(options), RangeError, message] as const;

export const subject: Subject = {
  over: (source) => source.pipe(groupedWithin({ maxEvents: 2, maxDelay: 20 })),
  values: { marbles: '---g----(c|)', values: { g: [paid, shipped], c: [dear] } },
  synchronous: { taken: 2 },
  events: (given) => given as readonly Order[],
  callbacks: {
    sizeOf: (thrower) => (source) => source.pipe(groupedWithin({ maxBytes: 10, sizeOf: thrower })),
  },
  bad: {
    'no bound': [() => groupedWithin({}), TypeError, /^groupedWithin: expected a bound: count, bytes or ms$/],
    'a count of 0': refused(
      { maxEvents: 0 },
      /^groupedWithin: count must be a whole number from 1, or Infinity, got 0$/,
    ),
    'a count of one and a half': refused({ maxEvents: 1.5 }, /count/),
    'bytes of 0': refused({ maxBytes: 0 }, /^groupedWithin: bytes must be above 0, got 0$/),
    'bytes that are no number': refused({ maxBytes: Number.NaN }, /bytes/),
    'ms of 0': refused({ maxDelay: 0 }, /^groupedWithin: ms must be above 0 ms, got 0$/),
    'a sizeOf that is none': [
      () => groupedWithin({ maxBytes: 5, sizeOf: 5 as never }),
      TypeError,
      /^groupedWithin: sizeOf: expected a function, got number$/,
    ],
  },
  busy: (source) => source.pipe(groupedWithin({ maxEvents: 100, maxDelay: 1e6 })),
  entries: { over: (source) => source.pipe(groupedWithin({ maxEvents: 3, maxDelay: 4 })) },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const source = hot(diagram.marbles('source'));
      const groups = { g: ['a', 'b'], h: ['c', 'd', 'e'], i: ['f'] };
      expectObservable(source.pipe(groupedWithin({ maxEvents: 3, maxDelay: 6 }))).toBe(
        diagram.marbles('groupedWithin count 3, ms 6'),
        groups,
      );
    },
  },
};
