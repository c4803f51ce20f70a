/** The part of a request that the library reads. Requests of Express, `node:http` and `node:http2` have this form. @category sink */
export interface SseRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The query as the framework parsed it. Without it the query of `url` is parsed. */
  readonly query?: unknown;
  readonly params?: unknown;
  /** The body as middleware such as `express.json()` parsed it. */
  readonly body?: unknown;
}

/** Express's `next`; a plain server has none. @category sink */
export type Next = (error?: unknown) => void;

/**
 * Returns the method and path of a request for a report: `GET /users/:id`, with the pattern of the route where the
 * framework names it, and without the query, which may hold secrets.
 */
export function describeRequest(request: unknown): string {
  if (typeof request !== 'object' || request === null) return 'a request';
  const {
    method = 'GET',
    url,
    originalUrl,
    baseUrl = '',
    route,
    routeOptions,
    _matchedRoute,
  } = request as NamedRequest;
  if (typeof route?.path === 'string') return `${method} ${baseUrl}${route.path}`;
  const pattern = routeOptions?.url ?? _matchedRoute;
  if (typeof pattern === 'string') return `${method} ${pattern}`;
  const path = String(originalUrl ?? url ?? '').replace(/^[a-z]+:\/\/[^/]*/i, '');
  return `${method} ${path.split('?', 1)[0]?.slice(0, 200)}`;
}

/** The properties of requests of Node, Express, Fastify and the web, and of contexts of Koa's router, that name a route. */
interface NamedRequest {
  readonly method?: string;
  readonly url?: string;
  readonly originalUrl?: string;
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
  readonly routeOptions?: { readonly url?: unknown };
  readonly _matchedRoute?: unknown;
}
