import { mapAsync } from '../../../lib/operator/mapAsync.ts';
import { later } from '../../support/later.ts';
import type { OrderEntry, Subject } from '../harness/Subject.ts';
import type { Order } from '../sample.ts';

const after = (ms: number) => (order: Order, signal: AbortSignal) => later(ms, order, signal);
const byTotal = (order: Order, signal: AbortSignal) =>
  later(order.type === 'order_paid' ? (order.data.total * 3) % 7 : 1, order, signal);

export const subject: Subject = {
  over: (source) => source.pipe(mapAsync(2, after(1))),
  values: { marbles: '--a-b-c-|' },
  synchronous: { over: (source) => source.pipe(mapAsync(1, after(1), { maxQueued: 3 })), taken: 4 },
  callbacks: {
    'the function': (thrower) => (source) => source.pipe(mapAsync(2, thrower)),
  },
  bad: {
    'a number of 0': [
      () => mapAsync<Order, Order>(0, after(1)),
      RangeError,
      /^mapAsync: concurrent must be a whole number from 1, or Infinity, got 0$/,
    ],
    'what is no function': [() => mapAsync(1, 5 as never), TypeError, /^mapAsync must be a function, got number$/],
    'a queue of 0': [
      () => mapAsync<Order, Order>(1, after(1), { maxQueued: 0 }),
      RangeError,
      /^mapAsync: maxQueued must be a whole number/,
    ],
  },
  busy: (source) => source.pipe(mapAsync(4, (order) => Promise.resolve(order))),
  entries: { over: (source) => source.pipe(mapAsync<OrderEntry, Order>(2, byTotal)) },
  diagram: {
    play: (diagram, { hot, flush, expectObservable }) => {
      const source = hot(diagram.marbles('source'));
      const begun: Record<string, number> = {};
      const work = (letter: string, signal: AbortSignal) => {
        const { marbles, offset } = diagram.row(`work on ${letter}`);
        begun[letter] = offset;
        return later(marbles.length - 1, marbles.slice(-1), signal);
      };
      expectObservable(source.pipe(mapAsync(2, work))).toBe(diagram.marbles('mapAsync 2'));
      flush();
    },
  },
};
