import { filterEvents } from 'rxsse';
import { sse } from 'rxsse/fetch';
import { Orders, orders } from '../../lib/orders.ts';

const signedIn = async ({ headers }: Request) => {
  const user = /^Bearer (\w+)$/.exec(headers.get('Authorization') ?? '')?.[1]; // verify the token here
  if (user === undefined) throw new Response('sign in first', { status: 401 });
  return user;
};

export const GET = sse({ events: Orders, state: signedIn }, (context) =>
  orders.read(context).pipe(filterEvents(({ data }) => data.user === context.state)),
);
