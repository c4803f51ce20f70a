import { dedupe } from '../../../lib/operator/dedupe.ts';
import type { OrderEntry, Subject } from '../harness/Subject.ts';
import type { Order } from '../sample.ts';

const byText = (order: Order): string => JSON.stringify(order);
const byOrder = ({ data }: Order): string => data.order;

export const subject: Subject = {
  over: (source) => source.pipe(dedupe(byText)),
  values: { marbles: '-a-b-c--|' },
  callbacks: { key: (thrower) => (source) => source.pipe(dedupe(thrower)) },
  bad: {
    'no key': [() => dedupe<Order>(undefined as never), TypeError, /^dedupe: key must be a function, got undefined$/],
    'maxAge of 0': [
      () => dedupe<Order>(byText, { maxAge: 0 }),
      RangeError,
      /^dedupe: maxAge must be above 0 ms, got 0$/,
    ],
    'maxKeys of 0': [
      () => dedupe<Order>(byText, { maxKeys: 0 }),
      RangeError,
      /^dedupe: maxKeys must be a whole number from 1/,
    ],
  },
  busy: (source) => source.pipe(dedupe((order) => order, { maxKeys: 100 })),
  entries: {
    over: (source) => source.pipe(dedupe<OrderEntry>(byOrder)),
    must: (events) => {
      const seen = new Set<string>();
      return events.flatMap(({ order, sequence }) => {
        if (seen.has(order)) return [];
        seen.add(order);
        return [sequence];
      });
    },
  },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const source = hot(diagram.marbles('source'));
      const once = dedupe<string>((letter) => letter, { maxAge: 6 });
      expectObservable(source.pipe(once)).toBe(diagram.marbles('dedupe, maxAge 6'));
    },
  },
};
