import { mapAsync } from '../../../lib/operator/mapAsync.ts';
import { later } from '../../support/later.ts';
import type { OrderEntry, Subject } from '../harness/Subject.ts';
import type { Order } from '../sample.ts';

const after = (ms: number) => (order: Order, signal: AbortSignal) => later(ms, order, signal);
const byTotal = (order: Order, signal: AbortSignal) =>
  later(order.type === 'order_paid' ? (order.data.total * 3) % 7 : 1, order, signal);

export const subject: Subject = {
  over: (source) => source.pipe(mapAsync(after(1), { concurrency: 2 })),
  values: { marbles: '--a-b-c-|' },
  synchronous: { over: (source) => source.pipe(mapAsync(after(1), { concurrency: 1, maxQueued: 3 })), taken: 4 },
  callbacks: {
    project: (thrower) => (source) => source.pipe(mapAsync(thrower, { concurrency: 2 })),
  },
  bad: {
    'concurrency of 0': [
      () => mapAsync<Order, Order>(after(1), { concurrency: 0 }),
      RangeError,
      /^mapAsync: concurrency must be a whole number from 1, or Infinity, got 0$/,
    ],
    'a project that is not a function': [
      () => mapAsync(5 as never, { concurrency: 1 }),
      TypeError,
      /^mapAsync: project must be a function, got number$/,
    ],
    'maxQueued of 0': [
      () => mapAsync<Order, Order>(after(1), { concurrency: 1, maxQueued: 0 }),
      RangeError,
      /^mapAsync: maxQueued must be a whole number/,
    ],
  },
  busy: (source) => source.pipe(mapAsync((order) => Promise.resolve(order), { concurrency: 4 })),
  entries: { over: (source) => source.pipe(mapAsync<OrderEntry, Order>(byTotal, { concurrency: 2 })) },
  diagram: {
    play: (diagram, { hot, flush, expectObservable }) => {
      const source = hot(diagram.marbles('source'));
      const started: Record<string, number> = {};
      const work = (letter: string, signal: AbortSignal) => {
        const { marbles, offset } = diagram.row(`call for ${letter}`);
        started[letter] = offset;
        return later(marbles.length - 1, marbles.slice(-1), signal);
      };
      expectObservable(source.pipe(mapAsync(work, { concurrency: 2 }))).toBe(
        diagram.marbles('mapAsync, concurrency 2'),
      );
      flush();
    },
  },
};
