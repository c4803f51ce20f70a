import * as t from 'io-ts';
import { events, feed, shutdown } from 'rxsse';

export const Orders = events({ OrderPaid: { user: t.string, total: t.number } });

function open() {
  const orders = feed(Orders);
  process.once('SIGTERM', () => void shutdown(orders, { duration: 0 }));
  return orders;
}

// The development server evaluates this file again after each change.
const shared = globalThis as { orders?: ReturnType<typeof open> };
shared.orders ??= open();
export const orders = shared.orders;
