import type { Transport, TransportListener } from '../../sink/Transport.ts';
import type { Closable, Closing, Corkable, NodeResponse, SseResponse } from './NodeResponse.ts';

const cutError = new Error('rxsse: the response is cut');

/** Writes to a response of Node's `http` or `http2`, through public API only. */
export class NodeTransport implements Transport {
  readonly #response: NodeResponse;
  readonly #beforeHead: (() => void) | undefined;
  #listener: TransportListener | undefined;
  #corked: Corkable | undefined;
  #onDrain: (() => void) | undefined;
  /** The socket to close with the response. */
  #lastSocket: Closing | undefined;

  /** @param beforeHead called before the head is written, so that the framework does not answer any more */
  constructor(response: SseResponse, beforeHead?: () => void) {
    this.#response = response as NodeResponse;
    this.#beforeHead = beforeHead;
  }

  open(status: number, headers: Readonly<Record<string, string>>): boolean {
    if (this.#response.headersSent) return false;
    this.#beforeHead?.();
    // A middleware such as `cors` may have set it before, and this would replace it.
    const before = headers.Vary === undefined ? undefined : this.#response.getHeader('Vary');
    this.#response.writeHead(
      status,
      before === undefined ? headers : { ...headers, Vary: `${before}, ${headers.Vary}` },
    );
    return true;
  }

  /**
   * Corks the connection around the write: Node's kernel work then happens inside `uncork`, and not on the next tick, so
   * that a caller that writes to many responses knows what each cost.
   */
  write(chunk: Uint8Array | string): boolean {
    const response = this.#response;
    this.#corked ??= corkableOf(response);
    const corked = this.#corked ?? response;
    corked.cork();
    const result = response.write(chunk);
    corked.uncork();
    // Middleware may wrap `write` and return undefined: only `false` means that the socket is full.
    if (result !== false && !isFull(response)) return true;
    this.#awaitDrain();
    return false;
  }

  hasRoom(): boolean {
    if (!isFull(this.#response)) return true;
    this.#awaitDrain();
    return false;
  }

  end(chunk?: Uint8Array | string): void {
    this.#removeDrainListener();
    this.#response.end(chunk);
  }

  /** Does nothing for http2, whose session carries other streams. */
  closeAfterwards(): void {
    const response = this.#response;
    const { socket, stream } = response;
    if (stream !== undefined) return;
    if (!response.headersSent) response.setHeader('Connection', 'close');
    else this.#lastSocket = socket ?? undefined;
  }

  /** Destroys the response. An `http2` stream that is destroyed without an error would seem to have ended properly. */
  abort(): void {
    this.#removeDrainListener();
    if (this.#response.stream === undefined) this.#response.destroy();
    else this.#response.destroy(cutError);
  }

  listen(listener: TransportListener | undefined): boolean {
    const response = this.#response;
    if (listener === undefined || response.headersSent || isDestroyed(response)) {
      this.#stopListening();
      return false;
    }
    this.#listener = listener;
    addCloseListener(response, this.#onClose);
    return true;
  }

  readonly #onClose = (): void => {
    const listener = this.#listener;
    this.#stopListening();
    listener?.onClose();
    this.#lastSocket?.destroySoon();
    // A pipelined response is not destroyed with its connection.
    if (!isDestroyed(this.#response)) this.abort();
  };

  #stopListening(): void {
    if (this.#listener !== undefined) removeCloseListener(this.#response, this.#onClose);
    this.#listener = undefined;
    this.#removeDrainListener();
  }

  /** Registers once per connection: `compression` wraps `on` and never removes listeners. */
  #awaitDrain(): void {
    if (this.#onDrain !== undefined) return;
    this.#onDrain = () => this.#listener?.onDrain();
    this.#response.on('drain', this.#onDrain);
  }

  #removeDrainListener(): void {
    if (this.#onDrain === undefined) return;
    this.#response.removeListener('drain', this.#onDrain);
    this.#onDrain = undefined;
  }
}

/**
 * Returns what to cork for a write to an HTTP/1 response: its connection. Since Node 22, a response that is itself
 * corked takes everything, reports room, and then sends each piece of a chunk separately. Returns `undefined` while
 * another response of a pipeline has the connection, and for http2, where it is shared.
 */
function corkableOf(response: NodeResponse): Corkable | undefined {
  return response.stream === undefined ? (response.socket ?? undefined) : undefined;
}

/** Returns true while the response takes no more. */
function isFull(response: NodeResponse): boolean {
  return response.writableNeedDrain ?? response.stream?.writableNeedDrain ?? false;
}

/** Returns true when the response or its socket is destroyed. */
function isDestroyed(response: NodeResponse): boolean {
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
function addCloseListener(response: NodeResponse, listener: () => void): void {
  response.on('close', listener);
  response.on('error', onResponseError);
  response.stream?.on?.('aborted', listener);
  const pipelineSocket = pipelineSocketOf(response);
  // Each response of the pipeline adds a listener, and Node takes more than ten for a leak.
  pipelineSocket?.setMaxListeners(0);
  pipelineSocket?.on('close', listener);
}

/** Removes the listeners. Until a response of ours is closed, an `error` of it needs its listener. */
function removeCloseListener(response: NodeResponse, listener: () => void): void {
  response.removeListener('close', listener);
  response.removeListener('error', onResponseError);
  // The socket of an http2 stream must not be touched.
  if (response.stream !== undefined) response.stream.removeListener?.('aborted', listener);
  else response.req?.socket?.removeListener('close', listener);
}

/** The connection of a response that is pipelined behind another one. */
function pipelineSocketOf(response: NodeResponse): Closable | undefined {
  return response.stream === undefined && response.socket === null ? response.req?.socket : undefined;
}

function onResponseError(): void {}
