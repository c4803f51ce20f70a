/**
 * A response of Express 4 or 5, `node:http` or `node:http2`: pass on the one that the server made. The library uses
 * more of it than these members.
 *
 * @category adapter
 */
export interface SseResponse {
  readonly headersSent: boolean;
  write(chunk: Uint8Array | string): boolean;
  end(chunk?: Uint8Array | string): unknown;
}

/** The members of a response that the transport uses. Those of all supported servers have them; no server is imported. */
export interface NodeResponse extends SseResponse {
  /** `write` returned false and `drain` has not been emitted yet. Absent on `http2`: see `stream`. */
  readonly writableNeedDrain?: boolean;
  readonly writableEnded: boolean;
  /** Absent on `http2`: see `stream`. */
  readonly destroyed?: boolean;
  /** The stream of an `http2` response, one of many in its session. */
  readonly stream?: Partial<Http2Stream>;
  /** `null` while the response is pipelined behind another of its connection. */
  readonly socket?: (Corkable & Closing) | null;
  /** The request, through which a pipelined response knows its connection. */
  readonly req?: { readonly socket?: Closable };
  writeHead(status: number, headers: Record<string, string>): unknown;
  getHeader(name: string): unknown;
  setHeader(name: string, value: number | string | readonly string[]): unknown;
  cork(): void;
  uncork(): void;
  destroy(error?: Error): unknown;
  on(event: 'close' | 'drain' | 'error', listener: (error?: Error) => void): unknown;
  removeListener(event: 'close' | 'drain' | 'error', listener: (error?: Error) => void): unknown;
}

/** A socket or a response that gathers writes, so that they leave together. */
export interface Corkable {
  cork(): void;
  uncork(): void;
}

/** A socket that can be closed when it has delivered what was written. */
export interface Closing {
  destroySoon(): void;
}

interface Http2Stream {
  readonly writableNeedDrain: boolean;
  readonly destroyed: boolean;
  on(event: 'aborted', listener: () => void): unknown;
  removeListener(event: 'aborted', listener: () => void): unknown;
}

/** A connection, of which only its close matters. */
export interface Closable {
  readonly destroyed?: boolean;
  on(event: 'close', listener: () => void): unknown;
  removeListener(event: 'close', listener: () => void): unknown;
  setMaxListeners(count: number): unknown;
}
