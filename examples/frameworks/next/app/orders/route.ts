import { receive, sse } from 'rxsse/fetch';
import { orders } from '../../lib/orders.ts';

export const GET = sse({ resume: { from: 'oldest' } }, orders);
export const POST = receive(orders);
