import { filterEvents, NonEmptyString, NumberFromString, withDefault } from 'rxsse';
import { sse } from 'rxsse/fetch';
import { Orders, orders } from '../../../lib/orders.ts';

export const GET = sse(
  { events: Orders, params: { user: NonEmptyString }, query: { min: withDefault(NumberFromString, () => 0) } },
  (context) => {
    const { user } = context.params;
    if (user === 'unknown') throw new Response('no such user', { status: 404 });
    return orders.read(context).pipe(filterEvents(({ data }) => data.user === user && data.total >= context.query.min));
  },
);
