/** Identifies the producer of a stream. @category agents */
export interface StreamLease {
  readonly token: string;
}

/** The `ResumableStreamStore` of assistant-ui, with leases. @category agents */
export interface StreamStore {
  /**
   * Returns `'producer'` to the first caller for an id, and `'consumer'` to the others, also after the end.
   *
   * With `ttlMs`, in milliseconds, the stream is missing when nothing was appended to it for that long, a quarter of it more at
   * most: the next caller is then the producer. Rejects with a RangeError where it is not above 0. @default without end
   */
  acquire(streamId: string, options?: { readonly ttlMs?: number }): Promise<'producer' | 'consumer'>;
  /** Does the same, with a lease for the producer. */
  acquireLease(
    streamId: string,
    options?: { readonly ttlMs?: number },
  ): Promise<{ readonly role: 'producer'; readonly lease: StreamLease } | { readonly role: 'consumer' }>;
  /** Stores a chunk. Rejects for a stream that has ended, and for the lease of a producer that was replaced. */
  append(streamId: string, chunk: Uint8Array, lease?: StreamLease): Promise<void>;
  /** Ends a stream; resolves to false where it has ended, or the lease was replaced. */
  finalize(streamId: string, status: 'done' | 'error', error?: string, lease?: StreamLease): Promise<boolean>;
  /** Reads the chunks after a cursor, `''` for all, and what follows, until the stream has ended. Rejects with its error. */
  read(
    streamId: string,
    cursor: string,
    signal: AbortSignal,
  ): AsyncIterable<{ readonly cursor: string; readonly chunk: Uint8Array }>;
  /** Returns the state of a stream; one whose process has ended is an error when a reader has noticed that. */
  status(streamId: string): Promise<'streaming' | 'done' | 'error' | 'missing'>;
  /** Removes a stream from its id, and ends its readers without an error. Does nothing for a stream that is missing. */
  delete(streamId: string): Promise<void>;
}
