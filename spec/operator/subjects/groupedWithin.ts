import { type GroupedWithinOptions, groupedWithin } from '../../../lib/operator/groupedWithin.ts';
import type { Subject } from '../harness/Subject.ts';
import { type Order, paid, paidMore, shipped } from '../sample.ts';

const refused = (options: GroupedWithinOptions<unknown>, message: RegExp) =>
  [() => groupedWithin(options), RangeError, message] as const;

export const subject: Subject = {
  over: (source) => source.pipe(groupedWithin({ maxEvents: 2, maxDelay: 20 })),
  values: { marbles: '---g----(c|)', values: { g: [paid, shipped], c: [paidMore] } },
  synchronous: { taken: 2 },
  events: (value) => value as readonly Order[],
  callbacks: {
    sizeOf: (thrower) => (source) => source.pipe(groupedWithin({ maxBytes: 10, sizeOf: thrower })),
  },
  bad: {
    'no bound': [
      () => groupedWithin({}),
      TypeError,
      /^groupedWithin: at least one of maxEvents, maxBytes and maxDelay must be set, got none$/,
    ],
    'maxEvents of 0': refused(
      { maxEvents: 0 },
      /^groupedWithin: maxEvents must be a whole number from 1, or Infinity, got 0$/,
    ),
    'maxEvents of 1.5': refused({ maxEvents: 1.5 }, /maxEvents/),
    'maxBytes of 0': refused({ maxBytes: 0 }, /^groupedWithin: maxBytes must be above 0 bytes, got 0$/),
    'maxBytes that is NaN': refused({ maxBytes: Number.NaN }, /maxBytes/),
    'maxDelay below 0': refused({ maxDelay: -1 }, /^groupedWithin: maxDelay must be at least 0 ms, got -1$/),
    'a sizeOf that is not a function': [
      () => groupedWithin({ maxBytes: 5, sizeOf: 5 as never }),
      TypeError,
      /^groupedWithin: sizeOf must be a function, got number$/,
    ],
  },
  busy: (source) => source.pipe(groupedWithin({ maxEvents: 100, maxDelay: 1e6 })),
  entries: { over: (source) => source.pipe(groupedWithin({ maxEvents: 3, maxDelay: 4 })) },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const source = hot(diagram.marbles('source'));
      const groups = { g: ['a', 'b'], h: ['c', 'd', 'e'], i: ['f'] };
      expectObservable(source.pipe(groupedWithin({ maxEvents: 3, maxDelay: 6 }))).toBe(
        diagram.marbles('groupedWithin, maxEvents 3, maxDelay 6'),
        groups,
      );
    },
  },
};
