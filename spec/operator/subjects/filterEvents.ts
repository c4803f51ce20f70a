import { filterEvents } from '../../../lib/operator/filterEvents.ts';
import type { OrderEntry, Subject } from '../harness/Subject.ts';
import { entryAt, type Order, paid, positionAt, shipped } from '../sample.ts';

export const subject: Subject = {
  over: (source) => source.pipe(filterEvents(() => true)),
  values: { marbles: '-a-b-c--|' },
  callbacks: { predicate: (thrower) => (source) => source.pipe(filterEvents(thrower)) },
  bad: {
    'no predicate': [
      () => filterEvents(undefined as never),
      TypeError,
      /^filterEvents: predicate must be a function, got undefined$/,
    ],
  },
  entries: {
    over: (source) =>
      source.pipe(filterEvents<OrderEntry, (order: Order) => boolean>(({ data }) => data.order !== 'B')),
    must: (events) => events.filter(({ order }) => order !== 'B').map(({ sequence }) => sequence),
  },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const entries = { a: entryAt(1, paid), b: entryAt(2, shipped), c: entryAt(3, paid), '·': positionAt(2) };
      const source = hot<OrderEntry>(diagram.marbles('entries'), entries);
      const passing = source.pipe(filterEvents(({ type }) => type !== 'order_shipped'));
      expectObservable(passing).toBe(diagram.marbles('filterEvents, not b'), entries);
    },
  },
};
