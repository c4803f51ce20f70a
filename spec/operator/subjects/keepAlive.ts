import { keepAlive } from '../../../lib/operator/keepAlive.ts';
import { comment } from '../../../lib/wire/index.ts';
import type { Subject } from '../harness/Subject.ts';

const fill = keepAlive({ interval: 5, value: () => 'h' });

export const subject: Subject = {
  over: (source) => source.pipe(keepAlive({ interval: 5, value: () => 'h' })),
  values: { marbles: '-a-b-c--|' },
  never: { marbles: '-----h----h--' },
  events: (value) => (value === 'h' ? [] : [value]),
  callbacks: {
    value: (thrower) => (source) => source.pipe(keepAlive({ interval: 1, value: thrower })),
  },
  bad: {
    'interval of 0': [
      () => keepAlive({ interval: 0, value: () => 'h' }),
      RangeError,
      /^keepAlive: interval must be above 0 ms, got 0$/,
    ],
    'interval below 0': [() => keepAlive({ interval: -1, value: () => 'h' }), RangeError, /interval/],
    'interval of NaN': [() => keepAlive({ interval: Number.NaN, value: () => 'h' }), RangeError, /interval/],
    'no value': [
      () => keepAlive({ interval: 5 } as never),
      TypeError,
      /^keepAlive: value must be a function, got undefined$/,
    ],
  },
  entries: { over: (source) => source.pipe(keepAlive({ interval: 2, value: () => comment('here') })) },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      expectObservable(hot(diagram.marbles('source')).pipe(fill)).toBe(diagram.marbles('keepAlive, interval 5'));
    },
  },
};
