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
