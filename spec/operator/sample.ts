import * as t from 'io-ts';
import { Entry, type EventOf, events, type Gap } from '../../lib/index.ts';

export const Orders = events({
  OrderPaid: { order: t.string, total: t.number },
  OrderShipped: { order: t.string },
});

export type Order = EventOf<typeof Orders>;

export const paid = Orders.OrderPaid({ order: 'A', total: 5 });
export const dear = Orders.OrderPaid({ order: 'B', total: 500 });
export const shipped = Orders.OrderShipped({ order: 'A' });

export const gap: Gap = {
  type: 'rxsse.gap',
  data: { reason: 'trimmed', requested: '1.e.1', resumedFrom: '1.e.7' },
};

/** What a feed gives for an event that it has at this place. */
export function placed<E>(sequence: number, event: E): Entry<E> {
  return new Entry('e', sequence, event, `id: 1.e.${sequence}\ndata: as the log has it\n\n`);
}

/** The place alone. */
export function bare(sequence: number): Entry<never> {
  return new Entry<never>('e', sequence, undefined, undefined);
}

/** A gap as a feed gives it: at the position before what follows, and of no log. */
export function gapAt(sequence: number): Entry<Gap> {
  return new Entry<Gap>('e', sequence, gap, undefined);
}
