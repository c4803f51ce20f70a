import { type GroupedWithinOptions, groupedWithin } from '../../../lib/operator/groupedWithin.ts';
import type { Subject } from '../harness/Subject.ts';
import { dear, type Order, paid, shipped } from '../sample.ts';

const refused = (options: GroupedWithinOptions<unknown>, message: RegExp) =>
  [() => groupedWithin(options), RangeError, message] as const;

export const subject: Subject = {
  over: (source) => source.pipe(groupedWithin({ count: 2, ms: 20 })),
  values: { marbles: '---g----(c|)', values: { g: [paid, shipped], c: [dear] } },
  synchronous: { taken: 2 },
  events: (given) => given as readonly Order[],
  callbacks: {
    sizeOf: (thrower) => (source) => source.pipe(groupedWithin({ bytes: 10, sizeOf: thrower })),
  },
  bad: {
    'no bound': [() => groupedWithin({}), TypeError, /^groupedWithin: expected a bound: count, bytes or ms$/],
    'a count of 0': refused({ count: 0 }, /^groupedWithin: count must be a whole number from 1, or Infinity, got 0$/),
    'a count of one and a half': refused({ count: 1.5 }, /count/),
    'bytes of 0': refused({ bytes: 0 }, /^groupedWithin: bytes must be above 0, got 0$/),
    'bytes that are no number': refused({ bytes: Number.NaN }, /bytes/),
    'ms of 0': refused({ ms: 0 }, /^groupedWithin: ms must be above 0 ms, got 0$/),
    'a sizeOf that is none': [
      () => groupedWithin({ bytes: 5, sizeOf: 5 as never }),
      TypeError,
      /^groupedWithin: sizeOf: expected a function, got number$/,
    ],
  },
  busy: (source) => source.pipe(groupedWithin({ count: 100, ms: 1e6 })),
  entries: { over: (source) => source.pipe(groupedWithin({ count: 3, ms: 4 })) },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const source = hot(diagram.marbles('source'));
      const groups = { g: ['a', 'b'], h: ['c', 'd', 'e'], i: ['f'] };
      expectObservable(source.pipe(groupedWithin({ count: 3, ms: 6 }))).toBe(
        diagram.marbles('groupedWithin count 3, ms 6'),
        groups,
      );
    },
  },
};
