import { checkOptions } from '../data/checkOptions.ts';
import type { Next } from '../sink/SseRequest.ts';
import { asyncApi } from './asyncApi.ts';
import type { ContractOptions, ContractRoutes } from './ContractOptions.ts';
import { type Description, describeRoutes } from './describeRoutes.ts';
import { eventSchema } from './eventSchema.ts';
import { openApi } from './openApi.ts';
import { pageOf } from './page/pageOf.ts';
import { pagePolicy } from './page/pagePolicy.ts';
import { script } from './page/script.ts';
import { style } from './page/style.ts';

/** The part of a request that a contract reads. */
interface ContractRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The whole path, where a framework has removed the part that a handler is mounted at from `url`. */
  readonly originalUrl?: string;
}

/** A response of Express 4 or 5, `node:http` or `node:http2`. @category contract */
export interface ContractResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(chunk?: string): unknown;
}

/** The handler of a contract page. @category contract */
export interface ContractHandler {
  /** Answers a request of Express 4 and 5, and of plain `http` and `http2` servers. */
  (request: ContractRequest, response: ContractResponse, next?: Next): void;
  /** Answers a request of servers that take a web `Request`, such as Hono, Bun and Deno. */
  fetch(request: Request): Response;
}

/**
 * Serves a page that describes routes, on which one can try them, and the same as OpenAPI 3.2, AsyncAPI 3 and JSON Schema.
 *
 * Everything is read from the handlers of `sse`, `receive` and `stop`: their parameters, their events with types, and the control
 * frames of their wire. Below the path that it is mounted at, there are the page itself, `openapi.json`, `asyncapi.json`
 * and `schemas/<event>.json`. The page has no request beyond the app and a strict Content-Security-Policy. It opens streams
 * from the browser, with the cookies of the page's own origin.
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

  function answer(
    { method = 'GET', url = '/', originalUrl = url }: ContractRequest,
    isMounted: boolean,
  ): DocumentResponse {
    const [whole = '/'] = originalUrl.split('?', 1);
    const [path = '/'] = url.split('?', 1);
    const name = /(?:schemas\/)?[^/]*$/.exec(path)?.[0] ?? '';
    const isPage = isMounted ? /^\/?$/.test(path) : !name.includes('.');
    const json = isPage ? undefined : documents.get(name);
    if (!isPage && json === undefined) return notFound;
    if (method !== 'GET' && method !== 'HEAD') return notAllowed;
    if (json !== undefined) return { status: 200, headers: jsonHeaders, body: json };
    // Links are relative, so that they work behind a proxy that serves the app below a path of its own.
    const base = whole.endsWith('/') ? '' : `${whole.slice(whole.lastIndexOf('/') + 1)}/`;
    return { status: 200, headers: pageHeaders, body: pageOf(described, base) };
  }

  const handle = (request: ContractRequest, response: ContractResponse, next?: Next): void => {
    const found = answer(request, next !== undefined);
    if (found.status === 404 && next !== undefined) return next();
    const { status, headers, body } = found;
    response.writeHead(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const fetch = (request: Request): Response => {
    const { method, url } = request;
    const { status, headers, body } = answer({ method, url: new URL(url).pathname }, false);
    return new Response(method === 'HEAD' ? null : body, { status, headers });
  };
  return Object.assign(handle, { fetch });
}

interface DocumentResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

function documentsOf(described: Description): ReadonlyMap<string, string> {
  const documents = new Map<string, object>([
    ['openapi.json', openApi(described)],
    ['asyncapi.json', asyncApi(described)],
  ]);
  for (const name of described.definitions.keys()) documents.set(`schemas/${name}.json`, eventSchema(name, described));
  return new Map([...documents].map(([name, document]) => [name, `${JSON.stringify(document, null, 2)}\n`]));
}

const shared = { 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' };
const jsonHeaders = { ...shared, 'Content-Type': 'application/json; charset=utf-8' };
const textHeaders = { ...shared, 'Content-Type': 'text/plain; charset=utf-8' };
const pageHeaders = {
  ...shared,
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': pagePolicy(script, style),
};
const notFound: DocumentResponse = { status: 404, headers: textHeaders, body: 'not found\n' };
const notAllowed: DocumentResponse = {
  status: 405,
  headers: { ...textHeaders, Allow: 'GET, HEAD' },
  body: 'method not allowed\n',
};
