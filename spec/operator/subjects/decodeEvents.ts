import { events } from '../../../lib/index.ts';
import { decodeEvents } from '../../../lib/operator/decodeEvents.ts';
import type { Subject } from '../harness/Subject.ts';
import { Orders, paid, paidMore } from '../sample.ts';

const raw = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const OnlyShipped = events({ OrderShipped: Orders.OrderShipped });
const failing = decodeEvents(Orders, { onInvalid: 'fail' });

export const subject: Subject = {
  over: (source) => source.pipe(failing),
  values: { marbles: '-a-b-c--|' },
  callbacks: {
    onInvalid: (thrower) => (source) => source.pipe(decodeEvents(OnlyShipped, { onInvalid: thrower })),
  },
  bad: {
    'no contract': [
      () => decodeEvents({} as never, { onInvalid: 'fail' }),
      TypeError,
      /^decodeEvents: contract must be made by events\(\{ \.\.\. \}\)$/,
    ],
    'no policy': [
      () => decodeEvents(Orders, { onInvalid: undefined as never }),
      TypeError,
      /^decodeEvents: onInvalid must be 'fail' or a function, got undefined$/,
    ],
    'another policy': [() => decodeEvents(Orders, { onInvalid: 'drop' as never }), TypeError, /got 'drop'$/],
  },
  entries: {},
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const source = hot(diagram.marbles('source'), {
        a: raw(paid),
        b: JSON.stringify(paidMore),
        x: { type: 'unknown' },
      });
      const reports: unknown[] = [];
      expectObservable(source.pipe(decodeEvents(Orders, { onInvalid: (error) => reports.push(error) }))).toBe(
        diagram.marbles('decodeEvents'),
        { A: paid, B: paidMore },
      );
    },
  },
};
