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
  /** `write` returned false and `drain` has not come yet. Absent on `http2`: see `stream`. */
  readonly writableNeedDrain?: boolean;
  readonly writableEnded: boolean;
  /** Absent on `http2`: see `stream`. */
  readonly destroyed?: boolean;
  /** What is under a response of `http2`, one of many in its session. */
  readonly stream?: Partial<Http2Stream>;
  /** `null` while the response waits in line behind another of its connection. */
  readonly socket?: Corkable | null;
  /** Its request, by which a response that waits in line knows its connection. */
  readonly req?: { readonly socket?: SseSocket };
  writeHead(status: number, headers: Record<string, string>): unknown;
  cork(): void;
  uncork(): void;
  write(chunk: Uint8Array | string): boolean;
  end(chunk?: Uint8Array | string): unknown;
  destroy(error?: Error): unknown;
  on(event: 'close' | 'drain' | 'error', listener: (error?: Error) => void): unknown;
  removeListener(event: 'close' | 'drain' | 'error', listener: (error?: Error) => void): unknown;
}

interface Http2Stream {
  readonly writableNeedDrain: boolean;
  readonly destroyed: boolean;
  on(event: 'aborted', listener: () => void): unknown;
  removeListener(event: 'aborted', listener: () => void): unknown;
}

interface SseSocket {
  readonly destroyed?: boolean;
  on(event: 'close', listener: () => void): unknown;
  removeListener(event: 'close', listener: () => void): unknown;
}

/** Express's `next`; absent on a plain server. @category sink */
export type Next = (error?: unknown) => void;

/** What gathers writes, so that they leave in one. */
export interface Corkable {
  cork(): void;
  uncork(): void;
}

/**
 * What to cork for a write to a response of HTTP/1: its connection. From Node 22
 * on a response that is itself corked takes everything, says that there is room,
 * and then sends each piece of a chunk by itself. `undefined` while another
 * response of a pipeline has the connection, and where it is shared, as in http2.
 */
export function lineUnder(response: SseResponse): Corkable | undefined {
  return response.stream === undefined ? (response.socket ?? undefined) : undefined;
}

/** What was written before has not left yet, and no more is taken. */
export function isFull(response: SseResponse): boolean {
  return response.writableNeedDrain ?? response.stream?.writableNeedDrain ?? false;
}

/** Nobody is there any more. */
export function isGone(response: SseResponse): boolean {
  return (response.destroyed ?? response.stream?.destroyed ?? false) || (lineOf(response)?.destroyed ?? false);
}

/**
 * Hears that a response is over. A dead socket is heard as that; unheard, its
 * `error` would end the process.
 *
 * - One that is not the first of a pipeline is told nothing when its connection
 *   goes, which is why the connection itself is heard.
 * - A client of `http2` that resets its stream without an error, while something is
 *   being written, is told as `aborted` alone: `close` comes when the session ends.
 */
export function hearOver(response: SseResponse, listener: () => void): void {
  response.on('close', listener);
  response.on('error', ignore);
  response.stream?.on?.('aborted', listener);
  lineOf(response)?.on('close', listener);
}

/** Hears it no more. Until it is over, an error of a response that is ours must find a listener. */
export function unhearOver(response: SseResponse, listener: () => void): void {
  response.removeListener('close', listener);
  response.removeListener('error', ignore);
  // The socket of a stream of http2 is none that may be touched.
  if (response.stream !== undefined) response.stream.removeListener?.('aborted', listener);
  else response.req?.socket?.removeListener('close', listener);
}

/** The connection of a response that waits for its turn. */
function lineOf(response: SseResponse): SseSocket | undefined {
  return response.stream === undefined && response.socket === null ? response.req?.socket : undefined;
}

const broken = new Error('rxsse: the response is cut');

/**
 * Ends a response so that its reader sees a broken connection. On `http2` a
 * stream that is destroyed for no reason is told as one that ended well.
 */
export function breakOff(response: SseResponse): void {
  if (response.stream === undefined) response.destroy();
  else response.destroy(broken);
}

function ignore(): void {}
