import { events } from '../../../lib/index.ts';
import { decodeEvents } from '../../../lib/operator/decodeEvents.ts';
import type { Subject } from '../harness/Subject.ts';
import { dear, Orders, paid } from '../sample.ts';

const raw = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const OnlyShipped = events({ OrderShipped: Orders.OrderShipped });
const fails = decodeEvents(Orders, 'fail');

export const subject: Subject = {
  over: (source) => source.pipe(fails),
  values: { marbles: '-a-b-c--|' },
  callbacks: {
    'what hears of bad events': (thrower) => (source) => source.pipe(decodeEvents(OnlyShipped, thrower)),
  },
  bad: {
    'no contract': [
      () => decodeEvents({} as never, 'fail'),
      TypeError,
      /^decodeEvents: expected a contract made by events\(\{ \.\.\. \}\)$/,
    ],
    'nothing said of bad events': [
      () => decodeEvents(Orders, undefined as never),
      TypeError,
      /^decodeEvents: expected 'fail' or a function that hears of bad events, got undefined$/,
    ],
    'another policy': [() => decodeEvents(Orders, 'drop' as never), TypeError, /got string$/],
  },
  entries: {},
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const source = hot(diagram.marbles('source'), { a: raw(paid), b: JSON.stringify(dear), x: { type: 'unheard' } });
      const reports: unknown[] = [];
      expectObservable(source.pipe(decodeEvents(Orders, (error) => reports.push(error)))).toBe(
        diagram.marbles('decodeEvents a report'),
        { A: paid, B: dear },
      );
    },
  },
};
