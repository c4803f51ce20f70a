import { EMPTY, of } from 'rxjs';
import { mergeEvents } from '../../../lib/operator/mergeEvents.ts';
import type { Subject } from '../harness/Subject.ts';

export const subject: Subject = {
  over: (orders) => mergeEvents({ orders, nothing: EMPTY }),
  values: { marbles: '-a-b-c--|' },
  callbacks: {
    onSourceError: (thrower) => (orders) => mergeEvents({ orders }, { onSourceError: thrower }),
    onDropped: (thrower) => (orders) => mergeEvents({ orders }, { onSourceError: 'drop', onDropped: thrower }),
    onSourceEnd: (thrower) => (orders) => mergeEvents({ orders, one: of(1) }, { onSourceEnd: thrower }),
  },
  bad: {
    'a source that is not an Observable': [
      () => mergeEvents({ orders: [] as never }),
      TypeError,
      /^mergeEvents: orders must be an Observable, got array$/,
    ],
    'an unknown onSourceError': [
      () => mergeEvents({}, { onSourceError: 'ignore' as never }),
      TypeError,
      /^mergeEvents: onSourceError must be 'fail', 'delay', 'drop' or a function, got 'ignore'$/,
    ],
    'an unknown onSourceEnd': [
      () => mergeEvents({}, { onSourceEnd: 5 as never }),
      TypeError,
      /^mergeEvents: onSourceEnd must be 'wait', 'end' or a function, got number$/,
    ],
    'drop without onDropped': [
      () => mergeEvents({}, { onSourceError: 'drop' } as never),
      TypeError,
      /^mergeEvents: onDropped must be a function, got undefined$/,
    ],
  },
  inner: {
    'another source': (orders, other) => mergeEvents({ other, orders }),
    'a replacement of a source': (orders, other) =>
      mergeEvents({ orders, ended: EMPTY }, { onSourceEnd: (name) => (name === 'ended' ? other : undefined) }),
  },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const orders = hot(diagram.marbles('orders'));
      const ticks = hot(diagram.marbles('ticks'));
      const merged = mergeEvents({ orders, ticks }, { onSourceError: 'drop', onDropped: () => {} });
      expectObservable(merged).toBe(diagram.marbles('mergeEvents, drop'));
    },
  },
  own: { positions: { because: 'it merges sources, which have no positions before a log assigns them' } },
};
