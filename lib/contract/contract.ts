import { type AnyServerHandler, onAnyServer } from '../adapter/onAnyServer.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { asyncApi } from './asyncApi.ts';
import type { ContractOptions, ContractRoutes } from './ContractOptions.ts';
import { type Description, describeRoutes } from './describeRoutes.ts';
import { eventSchema } from './eventSchema.ts';
import { openApi } from './openApi.ts';
import { pageOf } from './page/pageOf.ts';
import { pathAndBase } from './page/pageResponse.ts';
import { sendWhole, textResponse, type WholeResponse, wholeResponse } from './page/wholeResponse.ts';

/** The handler of a contract page, for every server. @category contract */
export type ContractHandler = AnyServerHandler<unknown>;

/**
 * Serves a page that describes routes, on which one can try them, and the same as OpenAPI 3.2, AsyncAPI 3 and JSON Schema.
 *
 * Everything is read from the handlers of `sse`, `receive` and `stop`: their parameters, their events with types, and the control
 * frames of their wire. Below the path that it is mounted at, there are the page itself, `openapi.json`, `asyncapi.json`
 * and `schemas/<event>.json`. The page has no request beyond the app and a strict Content-Security-Policy. It opens streams
 * from the browser, with the cookies of the page's own origin.
 *
 * On a server that turns a `Request` into a `Response` it is called with the request: `page(request)`.
 *
 * It shows names and types, and no data but the examples: mount it behind the app's own authorization where these are
 * not public.
 *
 * @example Describe two streams
 * import { contract } from 'rxsse/contract';
 *
 * const orders = feed(events({ OrderPaid: { order: t.string, total: t.number } }));
 * const [read, publish] = [sse(orders), receive(orders)];
 * app.get('/orders', read).post('/orders', publish);
 * app.use('/streams', contract({ '/orders': [read, publish] }, { title: 'Shop' }));
 *
 * @throws TypeError at once, for what is not such a handler, a path with other patterns than `:name`, an option of an
 * unknown name, and an example that its event does not accept.
 * @see https://spec.openapis.org/oas/v3.2.0.html#server-sent-event-streams
 * @category contract
 */
export function contract(routes: ContractRoutes, options: ContractOptions = {}): ContractHandler {
  checkOptions('contract', options, {
    title: 'string',
    version: 'string',
    description: 'string',
    descriptions: 'object',
    examples: 'object',
    schemas: 'object',
  });
  const described = describeRoutes(routes, options);
  const documents = documentsOf(described);

  return onAnyServer(0, ({ parts: { method, url }, originalUrl, hasNext, transport, next }) => {
    const { path } = pathAndBase(url ?? originalUrl);
    const name = /(?:schemas\/)?[^/]*$/.exec(path)?.[0] ?? '';
    const isPage = hasNext ? /^\/?$/.test(path) : !name.includes('.');
    const document = isPage ? undefined : documents.get(name);
    if (!isPage && document === undefined) return next();
    if (method !== 'GET' && method !== 'HEAD') {
      return sendWhole(transport, method, textResponse(405, 'method not allowed', { Allow: 'GET, HEAD' }));
    }
    sendWhole(transport, method, document ?? pageOf(described, pathAndBase(originalUrl).base));
  });
}

function documentsOf(described: Description): ReadonlyMap<string, WholeResponse> {
  const documents = new Map<string, object>([
    ['openapi.json', openApi(described)],
    ['asyncapi.json', asyncApi(described)],
  ]);
  for (const name of described.definitions.keys()) documents.set(`schemas/${name}.json`, eventSchema(name, described));
  const responseOf = (document: object): WholeResponse =>
    wholeResponse('application/json', `${JSON.stringify(document, null, 2)}\n`);
  return new Map([...documents].map(([name, document]) => [name, responseOf(document)]));
}
