import { inspector } from 'rxsse/inspector';
import { orders } from '../../../lib/orders.ts';

const inspect = inspector({
  feeds: { orders },
  authorize: ({ headers }: Request) => headers.get('Authorization') === 'Bearer staff', // verify the token here
  actions: true,
});

export { inspect as GET, inspect as POST };
