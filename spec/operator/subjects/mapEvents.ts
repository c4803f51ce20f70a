import { Entry } from '../../../lib/index.ts';
import { mapEvents } from '../../../lib/operator/mapEvents.ts';
import type { OrderEntry, Subject } from '../harness/Subject.ts';
import { entryAt, type Order, paid, paidMore, positionAt, shipped } from '../sample.ts';

const copied = (order: Order): Order => ({ ...order });
const shout = (order: Order): Order => (order === paid ? paidMore : order);

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
      const entries = { a: entryAt(1, paid), b: entryAt(3, shipped), '·': positionAt(2) };
      const made = { A: new Entry('e', 1, paidMore, undefined), B: entries.b, '·': positionAt(2) };
      const source = hot<OrderEntry>(diagram.marbles('entries'), entries);
      expectObservable(source.pipe(mapEvents(shout))).toBe(diagram.marbles('mapEvents, upper case'), made);
    },
  },
};
