import { deepEqual } from 'node:assert/strict';
import type { INestApplication } from '@nestjs/common';
import { firstValueFrom } from 'rxjs';
import { fromSse } from 'rxsse/client';
import { Orders, OrdersService } from './orders.ts';

/** Tests that a reader receives what the service publishes. */
export async function testOrders(app: INestApplication) {
  await app.listen(0, '127.0.0.1');
  await app.get(OrdersService).pay('ada', 5);
  const order = await firstValueFrom(fromSse(`${await app.getUrl()}/orders`, Orders));
  deepEqual(order, { type: 'order_paid', data: { user: 'ada', total: 5 } });
  await app.close();
}
