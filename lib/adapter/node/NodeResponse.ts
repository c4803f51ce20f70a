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
  readonly socket?: Corkable | null;
  /** The request, through which a pipelined response knows its connection. */
  readonly req?: { readonly socket?: Socket };
  writeHead(status: number, headers: Record<string, string>): unknown;
  cork(): void;
  uncork(): void;
  destroy(error?: Error): unknown;
  on(event: 'close' | 'drain' | 'error', listener: (error?: Error) => void): unknown;
  removeListener(event: 'close' | 'drain' | 'error', listener: (error?: Error) => void): unknown;
}

/** What gathers writes, so that they leave together. */
export interface Corkable {
  cork(): void;
  uncork(): void;
}

interface Http2Stream {
  readonly writableNeedDrain: boolean;
  readonly destroyed: boolean;
  on(event: 'aborted', listener: () => void): unknown;
  removeListener(event: 'aborted', listener: () => void): unknown;
}

interface Socket {
  readonly destroyed?: boolean;
  on(event: 'close', listener: () => void): unknown;
  removeListener(event: 'close', listener: () => void): unknown;
}

/** Returns true while the response takes no more. */
export function isFull(response: NodeResponse): boolean {
  return response.writableNeedDrain ?? response.stream?.writableNeedDrain ?? false;
}

/** Returns true when the response or its socket is destroyed. */
export function isDestroyed(response: NodeResponse): boolean {
  const isResponseDestroyed = response.destroyed ?? response.stream?.destroyed ?? false;
  return isResponseDestroyed || (pipelineSocketOf(response)?.destroyed ?? false);
}

/**
 * Calls the listener when the response is closed. A broken socket counts as closed; without a listener its `error`
 * would end the process.
 *
 * - A response that is not the first of a pipeline is not notified when its connection closes, so that the connection
 *   itself is listened to.
 * - A stream that a client of `http2` resets without an error, while something is being written, emits `aborted` alone:
 *   `close` is emitted when the session ends.
 */
export function addCloseListener(response: NodeResponse, listener: () => void): void {
  response.on('close', listener);
  response.on('error', ignore);
  response.stream?.on?.('aborted', listener);
  pipelineSocketOf(response)?.on('close', listener);
}

/** Removes the listeners. Until a response of ours is closed, an `error` of it needs its listener. */
export function removeCloseListener(response: NodeResponse, listener: () => void): void {
  response.removeListener('close', listener);
  response.removeListener('error', ignore);
  // The socket of an http2 stream must not be touched.
  if (response.stream !== undefined) response.stream.removeListener?.('aborted', listener);
  else response.req?.socket?.removeListener('close', listener);
}

/** The connection of a response that is pipelined behind another one. */
function pipelineSocketOf(response: NodeResponse): Socket | undefined {
  return response.stream === undefined && response.socket === null ? response.req?.socket : undefined;
}

function ignore(): void {}
