import { Entry } from '../../../lib/index.ts';
import { mapEvents } from '../../../lib/operator/mapEvents.ts';
import type { OrderEntry, Subject } from '../harness/Subject.ts';
import { bare, dear, type Order, paid, placed, shipped } from '../sample.ts';

const copied = (order: Order): Order => ({ ...order });
const shout = (order: Order): Order => (order === paid ? dear : order);

export const subject: Subject = {
  over: (source) => source.pipe(mapEvents(copied)),
  values: { marbles: '-a-b-c--|' },
  callbacks: { project: (thrower) => (source) => source.pipe(mapEvents(thrower)) },
  bad: {
    'a project that is not a function': [
      () => mapEvents({} as never),
      TypeError,
      /^mapEvents: project must be a function, got object$/,
    ],
  },
  entries: { over: (source) => source.pipe(mapEvents<OrderEntry, (order: Order) => Order>(copied)) },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const entries = { a: placed(1, paid), b: placed(3, shipped), '·': bare(2) };
      const made = { A: new Entry('e', 1, dear, undefined), B: entries.b, '·': bare(2) };
      const source = hot<OrderEntry>(diagram.marbles('entries'), entries);
      expectObservable(source.pipe(mapEvents(shout))).toBe(diagram.marbles('mapEvents, upper case'), made);
    },
  },
};
