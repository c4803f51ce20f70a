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
    'a source that is none': [
      () => mergeEvents({ orders: [] as never }),
      TypeError,
      /^mergeEvents: orders: expected an Observable, got array$/,
    ],
    'another onSourceError': [
      () => mergeEvents({}, { onSourceError: 'ignore' as never }),
      TypeError,
      /^mergeEvents: onSourceError: expected 'fail', 'delay', 'drop', a function, got string$/,
    ],
    'another onSourceEnd': [
      () => mergeEvents({}, { onSourceEnd: 5 as never }),
      TypeError,
      /^mergeEvents: onSourceEnd: expected 'wait', 'end', a function, got number$/,
    ],
    'a drop of which nobody hears': [
      () => mergeEvents({}, { onSourceError: 'drop' } as never),
      TypeError,
      /^mergeEvents: onDropped must be a function, got undefined$/,
    ],
  },
  inner: {
    'another source': (orders, other) => mergeEvents({ other, orders }),
    'what stands in for a source': (orders, other) =>
      mergeEvents({ orders, ended: EMPTY }, { onSourceEnd: (name) => (name === 'ended' ? other : undefined) }),
  },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const orders = hot(diagram.marbles('orders'));
      const ticks = hot(diagram.marbles('ticks'));
      const merged = mergeEvents({ orders, ticks }, { onSourceError: 'drop', onDropped: () => {} });
      expectObservable(merged).toBe(diagram.marbles('mergeEvents: drop'));
    },
  },
  own: { positions: { because: 'it merges sources, which have no places before a log gives them' } },
};
