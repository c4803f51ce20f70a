import * as t from 'io-ts';
import { NEVER } from 'rxjs';
import { events, feed, sse } from '../../lib/index.ts';

const orders = feed(events({ OrderPaid: { total: t.number } }));

// A copy of a context has none of its members, so that code which would fail does not compile.
sse({ params: { id: t.string } }, ({ params, ...rest }) => {
  // @ts-expect-error the rest has no session: pass the context itself.
  orders.read(rest);
  // @ts-expect-error nor any other member.
  void rest.query;
  return params.id === '' ? NEVER : NEVER;
});
sse((context) => {
  // @ts-expect-error a copy has no session either.
  orders.read({ ...context });
  return orders.read(context);
});

// It can be destructured.
sse({ params: { id: t.string }, query: { page: t.string } }, ({ params, query, signal, request, lastEventId }) => {
  const all: readonly [string, string, AbortSignal, unknown, string | undefined] = [
    params.id,
    query.page,
    signal,
    request.headers,
    lastEventId,
  ];
  return all.length === 5 ? NEVER : NEVER;
});
