import { fromSse } from 'rxsse/client';
import { Orders } from './orders.ts';
import { streamStates } from './streamStates.ts';

export const shopTotal = (shop: string) =>
  streamStates(
    (statusObserver) => fromSse(`/shops/${shop}/orders`, Orders, { statusObserver }),
    0,
    (total, { data }) => total + data.total,
  );
