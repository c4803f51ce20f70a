import * as t from 'io-ts';
import { Entry, type EventOf, events, type Gap } from '../../lib/index.ts';

export const Orders = events({
  OrderPaid: { order: t.string, total: t.number },
  OrderShipped: { order: t.string },
});

export type Order = EventOf<typeof Orders>;

export const paid = Orders.OrderPaid({ order: 'A', total: 5 });
export const paidMore = Orders.OrderPaid({ order: 'B', total: 500 });
export const shipped = Orders.OrderShipped({ order: 'A' });

export const gap: Gap = {
  type: 'rxsse.gap',
  data: { reason: 'trimmed', requested: '1.e.1', resumedFrom: '1.e.7' },
};

/** Returns an entry as a feed emits it. */
export function entryAt<E>(sequence: number, event: E): Entry<E> {
  return new Entry('e', sequence, event, `id: 1.e.${sequence}\ndata: as the log stores it\n\n`);
}

/** Returns a position-only entry. */
export function positionAt(sequence: number): Entry<never> {
  return new Entry<never>('e', sequence, undefined, undefined);
}

/** Returns a gap as a feed emits it: at the position before the next event. */
export function gapAt(sequence: number): Entry<Gap> {
  return new Entry<Gap>('e', sequence, gap, undefined);
}
