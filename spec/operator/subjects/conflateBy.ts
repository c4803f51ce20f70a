import { NEVER } from 'rxjs';
import { conflateBy } from '../../../lib/operator/conflateBy.ts';
import type { OrderEntry, Subject } from '../harness/Subject.ts';
import type { Order } from '../sample.ts';

const byOrder = ({ data }: Order): string => data.order;
const letter = (event: string): string => event.toLowerCase();

export const subject: Subject = {
  over: (source) => source.pipe(conflateBy(byOrder, { interval: 2 })),
  // `b` is about the same order as `a`.
  values: { marbles: '---b---c|' },
  synchronous: { over: (source) => source.pipe(conflateBy(byOrder, { interval: 2, maxKeys: 3 })), taken: 4 },
  callbacks: {
    key: (thrower) => (source) => source.pipe(conflateBy<Order>(thrower, { interval: 5 })),
    merge: (thrower) => (source) => source.pipe(conflateBy<Order>(byOrder, { interval: 5, merge: thrower })),
  },
  bad: {
    'a key that is not a function': [
      () => conflateBy<Order>('order' as never, { interval: 5 }),
      TypeError,
      /^conflateBy: key must be a function, got string$/,
    ],
    'neither interval nor until': [
      () => conflateBy<Order>(byOrder, {} as never),
      TypeError,
      /^conflateBy: exactly one of interval and until must be set, got neither$/,
    ],
    'interval and until': [
      () => conflateBy<Order>(byOrder, { interval: 5, until: NEVER } as never),
      TypeError,
      /^conflateBy: exactly one of interval and until must be set, got both$/,
    ],
    'interval of 0': [
      () => conflateBy<Order>(byOrder, { interval: 0 }),
      RangeError,
      /^conflateBy: interval must be above 0 ms, got 0$/,
    ],
    'an until that is not an Observable': [
      () => conflateBy<Order>(byOrder, { until: 5 as never }),
      TypeError,
      /^conflateBy: until must be an Observable, got number$/,
    ],
    'a merge that is not a function': [
      () => conflateBy<Order>(byOrder, { interval: 5, merge: null as never }),
      TypeError,
      /^conflateBy: merge must be a function, got null$/,
    ],
    'maxKeys of 0': [
      () => conflateBy<Order>(byOrder, { interval: 5, maxKeys: 0 }),
      RangeError,
      /^conflateBy: maxKeys must be a whole number from 1, or Infinity, got 0$/,
    ],
    'maxKeys of 1.5': [() => conflateBy<Order>(byOrder, { interval: 5, maxKeys: 1.5 }), RangeError, /max/],
  },
  busy: (source) => source.pipe(conflateBy(byOrder, { interval: 1e6, maxKeys: 50 })),
  inner: { until: (source, inner) => source.pipe(conflateBy(byOrder, { until: inner })) },
  entries: {
    over: (source) => source.pipe(conflateBy<OrderEntry>(byOrder, { interval: 4, maxKeys: 2 })),
    must: (events) =>
      [...new Map(events.map(({ order, sequence }) => [order, sequence])).values()].sort((a, b) => a - b),
    orMore: true,
  },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const source = hot(diagram.marbles('source'));
      expectObservable(source.pipe(conflateBy(letter, { interval: 6 }))).toBe(
        diagram.marbles('conflateBy, interval 6'),
      );
    },
  },
};
