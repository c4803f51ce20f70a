/**
 * The response of a server, as a connection writes to it. `adapter/node` and `adapter/web` implement it: they alone
 * know a server's types.
 */
export interface Transport {
  /** Sends the head, with the first bytes at the latest. Returns false if another handler has answered meanwhile. */
  open(status: number, headers: Readonly<Record<string, string>>): boolean;
  /** Writes a chunk. Returns false when no more is taken before `onDrain`. */
  write(chunk: Uint8Array | string): boolean;
  /** Returns false when no more is taken before `onDrain`, also because of what a middleware wrote. */
  hasRoom(): boolean;
  /** Ends the response after what was written. */
  end(chunk?: Uint8Array | string): void;
  /** Closes the client's connection when this response has ended: its next request goes to a server that stays. */
  closeAfterwards(): void;
  /** Breaks the response off, so that its reader sees a broken connection. */
  abort(): void;
  /**
   * Starts to notify a listener or, without one, leaves the response to another handler. Returns false, and notifies
   * of nothing, if the response was closed or answered before.
   */
  listen(listener: TransportListener | undefined): boolean;
}

/** The connection of a transport, which notifies it. */
export interface TransportListener {
  onDrain(): void;
  /** The response is closed: delivered, aborted, or its client has disconnected. */
  onClose(): void;
}
