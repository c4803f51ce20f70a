import { ofType } from '../../../lib/operator/ofType.ts';
import type { OrderEntry, Subject } from '../harness/Subject.ts';
import { entryAt, type Order, Orders, paid, positionAt, shipped } from '../sample.ts';

const { OrderPaid, OrderShipped } = Orders;

export const subject: Subject = {
  over: (source) => source.pipe(ofType(OrderPaid, OrderShipped)),
  values: { marbles: '-a-b-c--|' },
  bad: {
    'no definition': [
      () => ofType<Order, never>(...([] as never)),
      TypeError,
      /^ofType: at least one definition of an event must be passed, got none$/,
    ],
    'a name': [
      () => ofType('order_paid' as never),
      TypeError,
      /^ofType: each argument must be the definition of an event, got string$/,
    ],
  },
  entries: { over: (source) => source.pipe(ofType<OrderEntry, [typeof OrderPaid]>(OrderPaid)) },
  diagram: {
    play: (diagram, { hot, expectObservable }) => {
      const text = diagram.marbles('entries');
      const entries = [...text]
        .filter((letter) => /[ps]/.test(letter))
        .map((letter, n) => entryAt(n + 1, letter === 'p' ? paid : shipped));
      const [first, second, third] = entries;
      const source = hot<OrderEntry>(text.replace('p', '1').replace('p', '3'), {
        1: first,
        s: second,
        3: third,
      } as never);
      expectObservable(source.pipe(ofType(OrderPaid))).toBe(
        diagram.marbles('ofType, OrderPaid').replace('p', '1').replace('p', '3'),
        { 1: first, '·': positionAt(2), 3: third },
      );
    },
  },
};
