import { matchEvents } from '../../../lib/operator/matchEvents.ts';
import type { OrderEntry, Subject } from '../harness/Subject.ts';
import { gap, type Order, paid, shipped } from '../sample.ts';

const same = <E>(event: E): E => event;

export const subject: Subject = {
  over: (source) =>
    source.pipe(
      matchEvents<Order, { order_paid: typeof same; order_shipped: typeof same }>({
        order_paid: same,
        order_shipped: same,
      }),
    ),
  values: { marbles: '-a-b-c--|' },
  callbacks: {
    'a case': (thrower) => (source) => source.pipe(matchEvents({ order_paid: thrower, order_shipped: same })),
  },
  bad: {
    'a case that is not a function': [
      () => matchEvents({ order_paid: 5 } as never),
      TypeError,
      /^matchEvents: order_paid must be a function, got number$/,
    ],
  },
  entries: {
    over: (source) =>
      source.pipe(
        matchEvents<OrderEntry, { order_paid: typeof same; order_shipped: typeof same }>({
          order_paid: same,
          order_shipped: same,
        }),
      ),
  },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const source = hot(diagram.marbles('source'), { p: paid, s: shipped, g: gap });
      const matched = source.pipe(
        matchEvents({ order_paid: () => 'P', order_shipped: () => 'S', 'rxsse.gap': () => 'G' }),
      );
      expectObservable(matched).toBe(diagram.marbles('matchEvents'));
    },
  },
};
