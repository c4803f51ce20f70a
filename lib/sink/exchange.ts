/**
 * The part of a server's request and response that a sink needs, as structural
 * types: Node's `http` and `http2` (compatibility API), Express 4 and 5 fit
 * them as they are, and no server's package is imported for it.
 */

/** What a sink reads of a request. @category sink */
export interface SseRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As parsed by the framework. Without one the query of `url` is parsed. */
  readonly query?: unknown;
  readonly params?: unknown;
  /** As parsed by a middleware such as `express.json()`. */
  readonly body?: unknown;
}

/** What a sink does with a response. @category sink */
export interface SseResponse {
  readonly headersSent: boolean;
  /** `write` returned false and `drain` has not come yet. */
  readonly writableNeedDrain: boolean;
  readonly writableEnded: boolean;
  readonly destroyed: boolean;
  writeHead(status: number, headers: Record<string, string>): unknown;
  cork(): void;
  uncork(): void;
  write(chunk: Uint8Array | string): boolean;
  end(chunk?: Uint8Array | string): unknown;
  destroy(error?: Error): unknown;
  on(event: 'close' | 'drain' | 'error', listener: (error?: Error) => void): unknown;
  removeListener(event: 'close' | 'drain' | 'error', listener: (error?: Error) => void): unknown;
}

/** Express's `next`; absent on a plain server. @category sink */
export type Next = (error?: unknown) => void;
